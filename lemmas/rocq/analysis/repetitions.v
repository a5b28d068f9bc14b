(* A bad instance of SVF (theory.md, section 2, Below): R times k long requests and then a thick
   one, all of one volume.  The thick one waits for the k to end; a better order takes all thick
   ones first, and then K long ones at a time. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic thresholds.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
From kvcr.analysis Require Import worst_case two_kinds.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Lemma sum_blocks R m (F : nat -> nat) :
  \sum_(i < R * m) F i = \sum_(r < R) \sum_(i < m) F (r * m + i).
Proof.
elim: R => [|R IH]; first by rewrite !big_ord0.
by rewrite mulSnr big_split_ord big_ord_recr /= IH.
Qed.

Lemma same_rank_sorted rank v s : all (fun x => rank x == v) s -> sorted (rank_order rank) s.
Proof.
elim: s => //= x s IH /andP[/eqP xv hs]; rewrite path_min_sorted ?IH //.
by apply: sub_all hs => y /eqP yv; rewrite /rank_order xv yv.
Qed.

Section Repetitions.
Variables R k : nat.
Variables x y : request.

Definition repeated := flatten (nseq R (rcons (nseq k x) y)).

Lemma size_repeated : size repeated = R * k.+1.
Proof.
by rewrite /repeated size_flatten /shape map_nseq sumn_nseq size_rcons size_nseq mulnC.
Qed.

Lemma repeated_perm : perm_eq repeated (first_then R y (k * R) x).
Proof.
apply/permP => a; rewrite /repeated count_flatten map_nseq sumn_nseq -cats1 !count_cat !count_nseq.
by rewrite /= addn0; move: (a x : nat) (a y : nat) => c d; ring.
Qed.

Lemma req_repeated r i : r < R -> i < k.+1 ->
  req repeated (r * k.+1 + i) = if i < k then x else y.
Proof.
rewrite /req /repeated => rR ik; elim: R r rR => // R' IH [|r] rR /=.
  rewrite mul0n add0n nth_cat size_rcons size_nseq ik nth_rcons size_nseq nth_nseq.
  by case: (ltngtP i k) => // h; move: ik; rewrite ltnS leqNgt h.
rewrite nth_cat size_rcons size_nseq mulSn -addnA ltnNge leq_addr /= addKn; exact: IH.
Qed.

(* What the policy pays. *)
Section Policy.
Variables M : nat.
Variable p : schedule.
Hypothesis served : head_of_line M repeated p.
Hypothesis y_one : 0 < output y.
Hypothesis full : M < k * (prompt x + 1) + (prompt y + 1).

Let in_range r i : r < R -> i < k.+1 -> r * k.+1 + i < size repeated.
Proof.
move=> rR ik; rewrite size_repeated; apply: leq_trans (_ : r.+1 * k.+1 <= _).
  by rewrite mulSnr ltn_add2l.
by rewrite leq_mul2r rR orbT.
Qed.

Lemma y_waits r : r < R -> p (r * k.+1) + output x <= p (r * k.+1 + k).
Proof.
move=> rR; rewrite leqNgt; apply/negP => early; set base := r * k.+1 in early *.
have := head_of_line_feasible served (p (base + k)).+1; rewrite leqNgt => /negP; apply.
apply: leq_trans (load_mono _ _ _ (_ : base + k.+1 <= _)); last first.
  by rewrite addnS; apply: in_range.
apply: leq_trans full _; rewrite /load big_split_ord /=; apply: leq_trans (leq_addl _ _).
have mono i : i <= k -> p base <= p (base + i) <= p (base + k).
  move=> ik; rewrite -{1}[base]addn0 !(starts_in_order served) ?leq_add2l ?in_range //.
rewrite big_ord_recr /=; apply: leq_add.
  rewrite -[X in X * _]card_ord -sum_nat_const; apply: leq_sum => i _.
  have ik := ltn_ord i; have /andP[m1 m2] := mono i (ltnW ik).
  have c : p (base + i) < (p (base + k)).+1 <= p (base + i) + output x.
    by rewrite ltnS m2; apply: leq_trans early _; rewrite leq_add2r.
  have rx : req repeated (base + i) = x by rewrite req_repeated // ?ik // ltnW.
  by rewrite /occ /held rx c leq_add2l subn_gt0 ltnS.
have c : p (base + k) < (p (base + k)).+1 <= p (base + k) + output y.
  by rewrite leqnn -{1}[p (base + k)]addn0 ltn_add2l.
have ry : req repeated (base + k) = y by rewrite req_repeated // ltnn.
by rewrite /occ /held ry c leq_add2l subn_gt0.
Qed.

Lemma repetition_waits r : r < R -> r * output x <= p (r * k.+1).
Proof.
elim: r => // r IH rR; have rR' := ltnW rR.
rewrite mulSnr; apply: leq_trans (_ : p (r * k.+1) + output x <= _); first by rewrite leq_add2r IH.
apply: leq_trans (y_waits rR') _; apply: (starts_in_order served).
  by rewrite mulSnr leq_add2l leqnSn.
by have := in_range rR (ltn0Sn k); rewrite addn0.
Qed.

Lemma repeated_cost : k * output x * (R * R.+1) <= 2 * cost repeated p.
Proof.
rewrite /cost size_repeated (sum_blocks R k.+1 (fun j => p j + output (req repeated j))).
have -> : k * output x * (R * R.+1) = 2 * \sum_(r < R) k * (r.+1 * output x).
  have : (\sum_(r < R) r.+1) * 2 = R * R.+1 by rewrite -sum_to big_add1 big_mkord.
  rewrite -big_distrr -big_distrl /= => <-; by move: (\sum_(r < R) _) => S; ring.
rewrite leq_mul2l /=; apply: leq_sum => r _; have rR := ltn_ord r.
rewrite big_ord_recr /=; apply: leq_trans (leq_addr _ _).
rewrite -[X in X * _]card_ord -sum_nat_const; apply: leq_sum => i _; have ik := ltn_ord i.
have rx : req repeated (r * k.+1 + i) = x by rewrite req_repeated // ?ik // ltnW.
rewrite rx mulSnr leq_add2r.
apply: leq_trans (repetition_waits rR) _; apply: (starts_in_order served); first exact: leq_addr.
by apply: in_range => //; apply: ltnW.
Qed.
End Policy.

(* What the better order pays, if K of x fit together. *)
Section Better.
Variables M K : nat.
Hypothesis K0 : 0 < K.
Hypothesis y_short : output y = 1.
Hypothesis y_fits : peak y <= M.
Hypothesis K_fit : K * peak x <= M.

Let g i := if i < R then i else R + (i - R) %/ K.
Let b a := if a <= R then a else R + (a - R) * output x.
Definition y_first i := b (g i).

Let g_late i : g (R + i) = R + i %/ K.
Proof. by rewrite /g ltnNge leq_addr /= addKn. Qed.

Let b_late a : b (R + a) = R + a * output x.
Proof.
rewrite /b addKn; case: leqP => // h; have -> : a = 0 by move: h; clear; slia.
by rewrite mul0n.
Qed.

Let b_early a : a <= R -> b a = a. Proof. by rewrite /b => ->. Qed.

Lemma y_first_feasible : feasible M (first_then R y (k * R) x) y_first.
Proof.
apply: batches_feasible.
- move=> a a' aa; case: (leqP a R) => h.
    rewrite (b_early h); case: (leqP a' R) => h'; first by rewrite b_early.
    by rewrite -[a'](subnKC (ltnW h')) b_late (leq_trans h) ?leq_addr.
  have h' := leq_trans h aa; rewrite -[a](subnKC (ltnW h)) -[a'](subnKC (ltnW h')) !b_late.
  by rewrite leq_add2l leq_mul2r leq_sub2r ?orbT.
- move=> i; rewrite size_first_then => hi; rewrite req_first_then //; case: ltnP => iR.
    by rewrite /g iR !b_early ?(ltnW iR) // y_short addn1.
  by rewrite -[i](subnKC iR) g_late -addnS !b_late mulSnr addnA.
move=> a; rewrite (sum_first_then _ _ _ _ (fun i => g i == a) (fun _ => peak)).
rewrite (eq_bigl (fun i : 'I_R => i == a :> nat)); last by move=> i; rewrite /g ltn_ord.
rewrite [X in _ + X](eq_bigl (fun i : 'I_(k * R) => R + i %/ K == a)); last first.
  by move=> i; rewrite g_late.
case: (ltnP a R) => aR.
  rewrite [X in _ + X]big_pred0 ?addn0; last first.
    by move=> i; rewrite gtn_eqF // (leq_trans aR) // leq_addr.
  by rewrite (big_pred1 (Ordinal aR)).
rewrite big_pred0 ?add0n; last by move=> i; rewrite ltn_eqF // (leq_trans (ltn_ord i)).
rewrite (eq_bigl (fun i : 'I_(k * R) => i %/ K == a - R)); last first.
  by move=> i; rewrite -{1}[a](subnKC aR) eqn_add2l.
apply: leq_trans K_fit; rewrite (eq_bigr (fun _ => 1 * peak x)); last by move=> i _; rewrite mul1n.
by rewrite -big_distrl /= leq_mul2r quotient_count ?orbT.
Qed.

Lemma y_first_cost : 2 * K * cost (first_then R y (k * R) x) y_first
  <= 2 * K * (R * R + k * R * R + output x * (k * R)) + output x * (k * R * (k * R)).
Proof.
rewrite cost_first_then.
have early : \sum_(i < R) (y_first i + output y) <= R * R.
  rewrite -[X in _ <= X * _]card_ord -sum_nat_const; apply: leq_sum => i _.
  by rewrite /y_first /g ltn_ord b_early ?(ltnW (ltn_ord i)) // y_short addn1.
have late : \sum_(i < k * R) (y_first (R + i) + output x)
    = k * R * R + output x * (k * R) + output x * \sum_(i < k * R) i %/ K.
  rewrite (eq_bigr (fun i : 'I_(k * R) => R + output x + output x * (i %/ K))); last first.
    by move=> i _; rewrite /y_first g_late b_late -addnA [_ + output x]addnC addnA
      [_ * output x]mulnC.
  by rewrite big_split /= sum_nat_const card_ord -big_distrr /= mulnDr [k * R * output x]mulnC.
have half : 2 * K * (\sum_(i < k * R) i %/ K) <= k * R * (k * R).
  move: (k * R) => N; rewrite -mulnA big_distrr /=.
  apply: (@leq_trans (2 * \sum_(i < N) i)).
    by rewrite leq_mul2l /=; apply: leq_sum => i _; rewrite mulnC leq_trunc_div.
  rewrite mulnC -(big_mkord xpredT (fun i => i)); case: N => [|N]; first by rewrite big_geq.
  have -> : \sum_(0 <= i < N.+1) i = \sum_(1 <= i < N.+1) i by rewrite big_ltn.
  by rewrite sum_to mulnC leq_mul.
move: early late half; set E := \sum_(i < R) _; set F := \sum_(i < k * R) (_ + _).
set H := \sum_(i < k * R) _; move: E F H => E F H early -> half.
have h : output x * (2 * K * H) <= output x * (k * R * (k * R)) by rewrite leq_mul2l half orbT.
by move: h early; move: (output x) (k * R) => O N; clear; snia.
Qed.
End Better.
End Repetitions.
