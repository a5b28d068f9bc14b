(* A, B and B4 (theory.md, section 3): what an order of distortion lambda costs.  Where a square
   root is needed, r is any rational number with lambda <= r^2. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority distortion.
From kvcr.analysis Require Import order_volume distortion ramp own_volume waiting.
From kvcr.analysis Require Import mean_busy_bound ratio.
From kvcr.results Require Import own_volume.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Lemma rat_fraction (r : rat) : 0 <= r -> exists a b : nat, (0 < b)%N /\ r = a%:R / b%:R.
Proof.
move=> r0; exists `|numq r|%N, `|denq r|%N; split; first by rewrite absz_gt0 denq_neq0.
rewrite -[LHS]divq_num_den; congr (_ / _).
  by rewrite -[in LHS](gez0_abs (_ : 0 <= numq r)) ?numq_ge0.
by rewrite -[in LHS](gez0_abs (_ : 0 <= denq r)) // ltW // denq_gt0.
Qed.

Section OneOrder.
Variables (lambda r : rat) (order : seq request).
Hypothesis r_ge1 : 1 <= r.
Hypothesis lambda_le : lambda <= r ^+ 2.
Hypothesis distorted : distortion lambda order.
Notation n := (size order).
Notation X2_order := ((twice_X_order n (vol order))%:R : rat).
Notation X2 := ((twice_X n (vol order))%:R : rat).

(* A: X^pi <= r X. *)
Theorem A : X2_order <= r * X2.
Proof.
have [a [b [b0 er]]] := rat_fraction (le_trans ler01 r_ge1).
have bp : 0 < b%:R :> rat by rewrite ltr0n.
have bn : b%:R != 0 :> rat by rewrite gt_eqF.
have ba : (b <= a)%N.
  by have := r_ge1; rewrite er ler_pdivl_mulr // mul1r ler_nat.
have d i j : (i < j)%N -> (j < n)%N -> (b * b * vol order i <= a * a * vol order j)%N.
  move=> ij jn; rewrite -(ler_nat rat_numDomainType).
  have h : (vol order i)%:R <= r ^+ 2 * (vol order j)%:R.
    by apply: le_trans (distorted ij jn) _; rewrite ler_wpmul2r ?ler0n.
  rewrite natrM [X in _ <= X]natrM.
  apply: (@le_trans _ _ ((b * b)%:R * (r ^+ 2 * (vol order j)%:R))).
    by rewrite ler_wpmul2l ?ler0n.
  rewrite mulrA ler_wpmul2r ?ler0n // er expr2 !natrM mulf_div mulrCA divff ?mulr1 //.
  by rewrite mulf_neq0.
have := distortion_bound b0 ba d; rewrite -(ler_nat rat_numDomainType) !natrM => h.
by move: h; rewrite er mulrAC ler_pdivl_mulr // [X in X <= _]mulrC.
Qed.
End OneOrder.

(* A for every rational lambda >= 1, its root rational or not: (X^pi)^2 <= lambda X^2. *)
Theorem A_squared lambda order : 1 <= lambda -> distortion lambda order ->
  (twice_X_order (size order) (vol order))%:R ^+ 2
  <= lambda * (twice_X (size order) (vol order))%:R ^+ 2 :> rat.
Proof.
move=> l1 hd; set X' : rat := (twice_X_order _ _)%:R; set X : rat := (twice_X _ _)%:R.
have X0 : 0 <= X by rewrite ler0n.
have X'0 : 0 <= X' by rewrite ler0n.
rewrite leNgt; apply/negP => small.
have bound r : 1 <= r -> lambda <= r ^+ 2 -> X' <= r * X by move=> r1 lr; apply: A r1 lr hd.
case: (eqVneq X 0) => [Xz|Xn].
  have := bound lambda l1; rewrite Xz mulr0 expr2 ler_pmull ?(lt_le_trans ltr01) // => /(_ l1) X'le.
  by move: small; rewrite Xz expr0n mulr0 (le_anti (introT andP (conj X'le X'0))) expr0n ltxx.
have Xp : 0 < X by rewrite lt_def Xn.
(* t = X'/X has t^2 > lambda; one Newton step from t stays above the root. *)
pose t := X' / X; pose u := lambda / t; pose r := (t + u) / 2%:R.
have tl : lambda < t ^+ 2 by rewrite expr_div_n ltr_pdivl_mulr // exprn_gt0.
have l0 : 0 < lambda by apply: lt_le_trans l1.
have tp : 0 < t.
  rewrite lt_def divr_ge0 // andbT; apply/negP => /eqP t0.
  by move: tl; rewrite t0 expr0n ltNge (ltW l0).
have up : 0 < u by rewrite divr_gt0.
have tu : t * u = lambda by rewrite mulrCA divff ?mulr1 // gt_eqF.
have ut : u < t by rewrite ltr_pdivr_mulr // -expr2.
have rp : 0 < r by rewrite divr_gt0 ?addr_gt0.
have lr : lambda <= r ^+ 2.
  rewrite /r expr_div_n ler_pdivl_mulr ?exprn_gt0 // -tu -natrX mulr_natr -subr_ge0.
  by rewrite -(subr_sqrDB t u) opprB addrC subrK sqr_ge0.
have r1 : 1 <= r.
  by rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?ler01 ?(ltW rp) // expr1n (le_trans l1).
have rt : r < t by rewrite /r ltr_pdivr_mulr // mulr_natr mulr2n ltr_add2l.
have := bound r r1 lr; rewrite leNgt; apply/negP/negPn.
by rewrite -ltr_pdivl_mulr.
Qed.

Section Ratios.
Variables (lambda r : rat) (M P : nat) (rank : request -> nat).
Variables (rs order : seq request) (p q : schedule).
Hypothesis r_ge1 : 1 <= r.
Hypothesis lambda_le : lambda <= r ^+ 2.
Hypothesis requests_valid : valid P rs.
Hypothesis P_le_M : (P <= M)%N.
Hypothesis ordered : by_rank rank rs order.
Hypothesis distorted : distortion lambda order.
Hypothesis served : head_of_line M order p.
Hypothesis other : feasible M rs q.
Notation n := (size order).

Let r0 : 0 < r. Proof. exact: lt_le_trans ltr01 r_ge1. Qed.

(* With waits of e on average in units of X^pi, the ratio is T2's with r times gamma. *)
Lemma distorted_ratio e : 0 < e ->
  e * (\sum_(j < n) p j)%N%:R <= (twice_X_order n (vol order))%:R ->
  (cost order p)%:R <= Num.max (1 + r * (2%:R * M%:R / e) * (1 - 3%:R^-1))
                               (r * (2%:R * M%:R / e)) * (cost rs q)%:R :> rat.
Proof.
move=> e0 hw; have hv := order_valid ordered requests_valid.
have [q' [hq <-]] := reorder (order_perm ordered) other.
have -> : r * (2%:R * M%:R / e) = 2%:R * M%:R / (e / r).
  by rewrite invf_div mulrCA.
apply: ratio_bound => //; first by rewrite divr_gt0.
  rewrite mulrAC ler_pdivr_mulr // [X in _ <= X]mulrC.
  by apply: le_trans hw _; apply: (A r_ge1 lambda_le distorted).
by have := mean_busy_bound_third hv hq.
Qed.

(* B: max(1 + 4 r M / (3D), 2 r M / D), D = M + 1 - P. *)
Theorem B : (cost order p)%:R <=
  Num.max (1 + r * (2%:R * M%:R / (M.+1 - P)%:R) * (1 - 3%:R^-1))
          (r * (2%:R * M%:R / (M.+1 - P)%:R)) * (cost rs q)%:R :> rat.
Proof.
apply: distorted_ratio; first by rewrite ltr0n subn_gt0 ltnS.
have hv := order_valid ordered requests_valid.
rewrite -natrM ler_nat big_distrr /=; apply: leq_sum => j _.
by rewrite mulnC; apply: leq_trans (blocking hv served (ltn_ord j)) _; rewrite leq_addl.
Qed.

(* B4: max(1 + 2 r gamma / 3, r gamma), gamma = M/U. *)
Theorem B4 : (cost order p)%:R <=
  Num.max (1 + r * (4%:R * M%:R / (U4 M P)%:R) * (1 - 3%:R^-1))
          (r * (4%:R * M%:R / (U4 M P)%:R)) * (cost rs q)%:R :> rat.
Proof.
rewrite gamma_half.
apply: distorted_ratio; first by rewrite divr_gt0 ?ltr0n ?U4_gt0.
have hv := order_valid ordered requests_valid.
rewrite mulrAC ler_pdivr_mulr ?ltr0n // -!natrM ler_nat.
rewrite big_distrr big_distrl /=; apply: leq_sum => j _.
have := waiting_bound hv P_le_M served (ltn_ord j).
rewrite /Vol; set S := (\sum_(i < j) _)%N; set v := vol order j; set w := p j; clear; slia.
Qed.
End Ratios.
