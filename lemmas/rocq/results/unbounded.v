(* fcfs and shortest output first have no constant at any alpha (theory.md, section 3). *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority ranks.
From kvcr.analysis Require Import worst_case two_kinds.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

(* k m thick requests of peak P and one step; then k m^2 small ones, which wait for all. *)
Section Indifferent.
Variables k m : nat.
Hypothesis k0 : 0 < k.
Hypothesis m0 : 0 < m.
Let P := m * m.
Let M := k * P.
Let thick : request := (P.-1, 1).
Let small : request := (0, 1).
Let rs := first_then (k * P) small (k * m) thick.
Let order := first_then (k * m) thick (k * P) small.

Let P0 : 0 < P. Proof. by rewrite muln_gt0 m0. Qed.
Let peak_thick : peak thick = P. Proof. by rewrite /peak /= addn1 prednK. Qed.

(* The small ones at once, then k thick ones in each step. *)
Let batch i := if i < k * P then 0 else ((i - k * P) %/ k).+1.

Let batch_thick i : batch (k * P + i) = (i %/ k).+1.
Proof. by rewrite /batch ltnNge leq_addr /= addKn. Qed.

Let good_feasible : feasible M rs batch.
Proof.
apply: (@batches_feasible M rs batch id) => //.
  move=> i; rewrite size_first_then => hi; rewrite req_first_then //.
  by case: ifP => _; rewrite addn1.
move=> a; rewrite (sum_first_then _ _ _ _ (fun i => batch i == a) (fun _ => peak)).
rewrite (eq_bigl (fun _ => 0 == a)); last by move=> i; rewrite /batch ltn_ord.
rewrite [X in _ + X](eq_bigl (fun i : 'I_(k * m) => (i %/ k).+1 == a)); last first.
  by move=> i; rewrite batch_thick.
case: a => [|a] /=; first by rewrite [X in _ + X]big_pred0 // sum_nat_const card_ord addn0 muln1.
rewrite big_pred0 // add0n peak_thick; apply: (@leq_trans (\sum_(i < k * m | i %/ k == a) 1 * P)).
  by apply: leq_sum => i _; rewrite mul1n.
by rewrite -big_distrl /= leq_mul2r quotient_count ?orbT.
Qed.

Let good_cost : cost rs batch <= 3 * (k * P).
Proof.
rewrite cost_first_then; apply: (@leq_trans (k * P + k * m * m.+1)).
  apply: leq_add.
    rewrite (eq_bigr (fun _ => 1)) ?sum_nat_const ?card_ord ?muln1 //.
    by move=> i _; rewrite /batch ltn_ord.
  rewrite -[X in _ <= X * _]card_ord -sum_nat_const; apply: leq_sum => i _.
  by rewrite batch_thick /= addn1 !ltnS ltn_divLR // [m * k]mulnC.
by rewrite /P; move: k0 m0; clear; snia.
Qed.

Let bad_cost p : head_of_line M order p -> k * P * m <= cost order p.
Proof.
move=> hp; apply: second_waits => i hi.
have jn : k * m + i < size order by rewrite size_first_then ltn_add2l.
have short j : j <= k * m + i -> output (req order j) <= 1.
  move=> hj; rewrite req_first_then; first by case: ifP.
  by apply: leq_ltn_trans hj _; rewrite ltn_add2l.
have := leq_trans (Vol_first_then (k * m) thick small hi) (volume_wait hp jn short).
have -> : volume thick = P by rewrite /volume /= muln1 addn1 prednK.
have M0 : 0 < k * P by rewrite muln_gt0 k0.
by rewrite -/(output small) /= -/M -mulnA [m * P]mulnC mulnA leq_pmul2l.
Qed.

Lemma indifferent_instance rank K : m = 3 * K + 1 -> rank thick <= rank small ->
  [/\ valid P rs, k * P <= M, by_rank rank rs order, feasible M rs batch &
      forall p, head_of_line M order p -> K * cost rs batch < cost order p].
Proof.
move=> mK hr; split=> //.
- by apply: first_then_valid => //; rewrite peak_thick.
- exact: first_then_by_rank.
- move=> p hp; apply: leq_trans (bad_cost hp); move: good_cost; set c := cost _ _.
  have M0 : 0 < k * P by rewrite muln_gt0 k0.
  by rewrite mK; move: (k * P) M0 => X; clear; snia.
Qed.
End Indifferent.

(* fcfs, sjf: whatever ranks a thick request of one step no later than a small one. *)
Theorem indifferent_unbounded rank (alpha c : rat) :
  (0 < alpha <= 1)%R -> (forall P, rank (P, 1) <= rank (0, 1)) -> ~ competitive rank alpha c.
Proof.
move=> /andP[a0 a1] hr; have [k k0 ak] := below a0; have [K cK] := above c.
have m0 : 0 < 3 * K + 1 by rewrite addn1.
have [hv hM ho hq bad] := indifferent_instance k0 m0 erefl (hr _).
exact: bad_instance_nat a1 ak cK hv hM ho hq bad.
Qed.

Theorem fcfs_unbounded (alpha c : rat) : (0 < alpha <= 1)%R -> ~ competitive fcfs alpha c.
Proof. by move=> a; apply: indifferent_unbounded. Qed.

Theorem sjf_unbounded (alpha c : rat) : (0 < alpha <= 1)%R -> ~ competitive sjf alpha c.
Proof. by move=> a; apply: indifferent_unbounded. Qed.
