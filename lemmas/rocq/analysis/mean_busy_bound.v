(* L4 (theory.md, section 2), exact: cost >= X/M + sum of the lags, for every feasible schedule.
   The lag of a request is its completion minus the mean time of its tokens. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.analysis Require Import order_volume mean_busy_time.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* d_j of theory.md: (6 s o + (o + 1)(2 o + 1)) / (12 s + 6 (o + 1)). *)
Definition lag (x : request) : rat :=
  (6 * prompt x * output x + (output x).+1 * (output x).*2.+1)%N%:R
  / (12 * prompt x + 6 * (output x).+1)%N%:R.

Section Bound.
Variables (M P : nat) (rs : seq request).
Hypothesis requests_valid : valid P rs.
Notation n := (size rs).
Notation v := (vol rs).
Notation s i := (prompt (req rs i)).
Notation o i := (output (req rs i)).

Let v_gt0 j : (j < n)%N -> 0 < (v j)%:R :> rat.
Proof. by move=> /(valid_output requests_valid) h; rewrite ltr0n volume_gt0. Qed.

(* 12 d_j v_j, without a denominator. *)
Lemma lag_volume x : 12%:R * (lag x * (volume x)%:R) =
  (output x * (6 * prompt x * output x + (output x).+1 * (output x).*2.+1))%N%:R.
Proof.
have e : (12 * volume x = output x * (12 * prompt x + 6 * (output x).+1))%N.
  rewrite (_ : 12 = 6 * 2)%N // -mulnA mul2n volume_double -muln2; ring.
rewrite mulrCA -natrM e [in RHS]natrM natrM mulrCA /lag divfK //.
by rewrite pnatr_eq0 mulnS addnS.
Qed.

(* Every order of the requests. *)
Theorem mean_busy_bound p : feasible M rs p ->
  (twice_X n v)%:R + 2%:R * M%:R * (\sum_(j < n) lag (req rs j))
  <= 2%:R * M%:R * (cost rs p)%:R.
Proof.
move=> hf; pose T := cost rs p.
have hT j : (j < n)%N -> (p j + output (req rs j) <= T)%N by apply: completion_le.
have all_held j : (j < n)%N -> held_until rs p j T = v j.
  by move=> jn; rewrite /held_until occ_sum_eq // hT.
pose w i j : rat := (precedence rs p T i j)%:R / (v j)%:R.
have vn j : (j < n)%N -> (v j)%:R != 0 :> rat by move=> jn; rewrite gt_eqF // v_gt0.
have each (j : 'I_n) : (\sum_(i < n) w i j) + 2%:R * M%:R * lag (req rs j)
                       <= 2%:R * M%:R * (p j + output (req rs j))%N%:R.
  have jn := ltn_ord j.
  rewrite /w -big_distrl /= -natr_sum -(ler_pmul2r (v_gt0 jn)) mulrDl divfK ?vn //.
  have h := precedence_le T j hf; have c := centroid (hT j jn).
  rewrite -(@ler_pmul2l _ 6%:R) ?ltr0n // mulrDr.
  have -> : 6%:R * (2%:R * M%:R * lag (req rs j) * (v j)%:R)
          = M%:R * (12%:R * (lag (req rs j) * (v j)%:R)) :> rat.
    by rewrite (_ : 12 = 6 * 2)%N // natrM -!mulrA [RHS]mulrCA; congr (_ * _); rewrite [RHS]mulrCA.
  rewrite /vol lag_volume -/(v j) -!natrM -natrD ler_nat.
  set l := (output _ * _)%N in c *; apply: (@leq_trans (M * (6 * moment rs p T j + l))%N).
    by rewrite [X in (_ <= X)%N]mulnDr leq_add2r mulnCA leq_mul2l h orbT.
  rewrite c; apply: eq_leq; ring.
have low : (twice_X n v)%:R <= \sum_(j < n) \sum_(i < n) w i j.
  rewrite /twice_X (sum_pairs_nat (fun i j => minn (v i) (v j))) sum_pairs natr_sum.
  apply: ler_sum => j _; rewrite natrD; apply: ler_add.
    rewrite /w ler_pdivl_mulr ?v_gt0 // -natrM ler_nat minnn.
    have := precedence_sym rs p T j j; rewrite all_held // addnn => /double_inj ->; exact: leqnn.
  rewrite natr_sum; apply: ler_sum => i _.
  have hin : (i < n)%N by apply: ltn_trans (ltn_ord i) (ltn_ord j).
  have hw := precedence_sym rs p T i j; rewrite !all_held // in hw.
  have mx : (0 < maxn (v i) (v j))%N.
    by rewrite leq_max volume_gt0 // (valid_output requests_valid).
  pose m : rat := (maxn (v i) (v j))%:R.
  apply: (@le_trans _ _ ((precedence rs p T i j)%:R / m + (precedence rs p T j i)%:R / m)).
    rewrite -mulrDl ler_pdivl_mulr ?ltr0n // -natrD -natrM ler_nat hw.
    rewrite [minn (v j) _]minnC addnn -doubleMl leq_double.
    by case: (leqP (v i) (v j)); rewrite // mulnC.
  by rewrite /w; apply: ler_add; rewrite ler_wpmul2l ?ler0n // lef_pinv ?posrE ?v_gt0 ?ltr0n //
    ler_nat ?leq_maxl ?leq_maxr.
have hs : \sum_(j < n) ((\sum_(i < n) w i j) + 2%:R * M%:R * lag (req rs j))
       <= \sum_(j < n) 2%:R * M%:R * (p j + output (req rs j))%N%:R.
  by apply: ler_sum => j _; apply: each.
move: hs; rewrite big_split /= -!big_distrr /= -natr_sum => hs.
by apply: le_trans hs; rewrite ler_add2r.
Qed.

(* Where every lag is at least kappa times the output. *)
Corollary mean_busy_bound_lag kappa p : feasible M rs p ->
  (forall j, (j < n)%N -> kappa * (o j)%:R <= lag (req rs j)) ->
  (twice_X n v)%:R + 2%:R * M%:R * kappa * (\sum_(j < n) o j)%N%:R
  <= 2%:R * M%:R * (cost rs p)%:R.
Proof.
move=> hf hd; apply: le_trans (mean_busy_bound hf); rewrite ler_add2l -mulrA.
rewrite ler_wpmul2l ?mulr_ge0 ?ler0n // natr_sum mulr_sumr; apply: ler_sum => j _; exact: hd.
Qed.

(* Every lag is at least a third of the output, and at least l/k of it under the condition. *)
Lemma lag_ge k l x : (0 < k)%N -> (l * output x * (12 * prompt x + 6 * (output x).+1) <=
    k * (6 * prompt x * output x + (output x).+1 * (output x).*2.+1))%N ->
  l%:R / k%:R * (output x)%:R <= lag x.
Proof.
move=> k0 h; rewrite /lag ler_pdivl_mulr; last by rewrite ltr0n mulnS addnS.
have kp : 0 < k%:R :> rat by rewrite ltr0n.
rewrite -(ler_pmul2l kp) mulrA mulrA mulrCA divff ?gt_eqF // mulr1.
by rewrite -!natrM ler_nat.
Qed.

Corollary mean_busy_bound_third p : feasible M rs p ->
  (twice_X n v)%:R + 2%:R * M%:R * 3%:R^-1 * (\sum_(j < n) o j)%N%:R
  <= 2%:R * M%:R * (cost rs p)%:R :> rat.
Proof.
move=> hf; apply: mean_busy_bound_lag => // j _.
by rewrite -[3%:R^-1]mul1r; apply: (@lag_ge 3 1) => //; snia.
Qed.
End Bound.
