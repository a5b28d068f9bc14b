(* Long requests before thick ones: smallest peak first has no constant at any alpha, and smallest
   volume first none at alpha = 1 (theory.md, sections 2 and 3). *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority ranks.
From kvcr.analysis Require Import worst_case two_kinds.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

(* k y long requests and k x thick ones of peak S, which the good schedule takes first, k at a
   time; k P fits in the memory. *)
Section LongFirst.
Variables k x y L S P M : nat.
Hypothesis k0 : 0 < k.
Hypothesis L0 : 0 < L.
Hypothesis S0 : 0 < S.
Hypothesis LP : L <= P.
Hypothesis SP : S <= P.
Hypothesis kPM : k * P <= M.
Local Definition long : request := (0, L).
Local Definition thick : request := (S.-1, 1).
Local Definition thick_first := first_then (k * x) thick (k * y) long.
Local Definition long_first := first_then (k * y) long (k * x) thick.

Lemma long_first_valid : valid P thick_first.
Proof. by apply: first_then_valid => //=; rewrite /peak /= ?addn1 ?prednK. Qed.

(* Batch a begins at step a while thick ones run, and then every L steps. *)
Local Definition begins a := if a <= x then a else x + (a - x) * L.
Local Definition batches i := begins (i %/ k).

Lemma begins_mono : {homo begins : a a' / a <= a'}.
Proof.
move=> a a' h; rewrite /begins; case: (leqP a x) => h1; case: (leqP a' x) => h2 //.
- by apply: leq_trans h1 (leq_addr _ _).
- by have := leq_trans h1 (leq_trans h h2); rewrite ltnn.
- by rewrite leq_add2l leq_mul2r leq_sub2r ?orbT.
Qed.

Lemma batches_ok : feasible M thick_first batches.
Proof.
apply: (@batches_feasible M thick_first (fun i => i %/ k) begins); first exact: begins_mono.
  move=> i; rewrite size_first_then => hi; rewrite req_first_then //.
  case: ltnP => h; rewrite /begins.
    have hq : i %/ k < x by rewrite ltn_divLR // mulnC.
    by rewrite (ltnW hq) hq /= addn1.
  have hq : x <= i %/ k by rewrite leq_divRL // mulnC.
  rewrite ltnNge hq /= subSn // mulSn.
  case: (leqP (i %/ k) x) => h2; last by rewrite -addnA leq_add2l addnC.
  have -> : i %/ k = x by apply/eqP; rewrite eqn_leq h2 hq.
  by rewrite subnn mul0n addn0.
move=> a; apply: leq_trans kPM.
apply: (@leq_trans (\sum_(i < size thick_first | i %/ k == a) 1 * P)).
  apply: leq_sum => i _; rewrite mul1n.
  have := all_nthP (0, 0) long_first_valid i (ltn_ord i); by case/andP.
by rewrite -big_distrl /= leq_mul2r quotient_count ?orbT.
Qed.

Lemma batches_cost : cost thick_first batches <= k * x * x + k * y * (x + y * L).
Proof.
rewrite cost_first_then; apply: leq_add.
  rewrite -[X in _ <= X * _]card_ord -sum_nat_const; apply: leq_sum => i _.
  have hq : i %/ k < x by rewrite ltn_divLR // [x * k]mulnC.
  by rewrite /batches /begins (ltnW hq) addn1.
rewrite -[X in _ <= X * _]card_ord -sum_nat_const; apply: leq_sum => i _ /=.
have hq : (k * x + i) %/ k < x + y.
  by rewrite ltn_divLR // [(x + y) * k]mulnC mulnDr ltn_add2l.
apply: (@leq_trans (begins (x + y).-1 + L)).
  by rewrite leq_add2r; apply: begins_mono; rewrite -ltnS prednK //; apply: leq_ltn_trans hq.
have y0 : 0 < y by case: (y) i {hq} => // -[]; rewrite muln0.
have [z yz] : exists z, y = z.+1 by exists y.-1; rewrite prednK.
rewrite yz addnS /= /begins; case: (leqP (x + z) x) => h; last first.
  by rewrite addKn mulSn -addnA [L + _]addnC.
by rewrite -addnA leq_add2l; move: h L0; clear; snia.
Qed.
End LongFirst.

(* ---------- smallest peak first, every alpha ---------- *)

Theorem smallest_peak_unbounded (alpha c : rat) :
  (0 < alpha <= 1)%R -> ~ competitive smallest_peak alpha c.
Proof.
move=> /andP[a0 a1]; have [k k0 ak] := below a0; have [K cK] := above c.
pose x := 21 * K + 1; pose P := x * x.
have x0 : 0 < x by rewrite /x addn1.
have P0 : 0 < P by rewrite muln_gt0 x0.
apply: (@bad_instance_nat _ alpha c k K (k * P) P (thick_first k x 4 P P) (long_first k x 4 P P)
  (batches k x P)) => //.
- exact: long_first_valid.
- by apply: first_then_by_rank; rewrite /smallest_peak /peak /= addn1 prednK.
- exact: (@batches_ok k x 4 P P P).
move=> p hp; apply: (@leq_trans (k * x * P)).
  have := @batches_cost k x 4 P P k0 P0; set c' := cost _ _ => h.
  apply: (@leq_trans (K * (21 * (k * P))).+1).
    rewrite ltnS leq_mul2l; apply/orP; right; apply: leq_trans h _.
    by rewrite /P; move: x0; clear; snia.
  have kP : 0 < k * P by rewrite muln_gt0 k0.
  by rewrite mulnAC {1}/x; move: (k * P) kP; clear; snia.
apply: second_waits => i hi.
have jn : k * 4 + i < size (long_first k x 4 P P) by rewrite size_first_then ltn_add2l.
have short j : j <= k * 4 + i -> output (req (long_first k x 4 P P) j) <= P.
  move=> hj; rewrite req_first_then; first by case: ifP.
  by apply: leq_ltn_trans hj _; rewrite ltn_add2l.
have := leq_trans (Vol_first_then (k * 4) (long P) (thick P) hi) (volume_wait hp jn short).
have := volume_double (long P); rewrite /long /= => hv.
have kP : 0 < k * P by rewrite muln_gt0 k0.
move=> h; have h2 : k * P * (2 * P.+1) <= k * P * (p (k * 4 + i) + P).
  by apply: leq_trans h; move: hv; move: (volume _) => v; clear; snia.
rewrite leq_pmul2l // in h2; move: h2; rewrite /=; clear; slia.
Qed.

(* ---------- smallest volume first, alpha = 1 ---------- *)

(* While the long one runs, no request that fills the memory does. *)
Lemma thick_waits L M p i m : 0 < L -> 0 < M -> i < m ->
  head_of_line M (long_first 1 m 1 L M) p -> L <= p i.+1.
Proof.
move=> L0 M0 im hp; have hf := head_of_line_feasible hp.
have sz : size (long_first 1 m 1 L M) = m.+1 by rewrite size_first_then !mul1n.
have i1 : i.+1 < m.+1 by [].
have le : p 0 <= p i.+1 by apply: (starts_in_order hp); rewrite ?sz.
rewrite leqNgt; apply/negP => early; have := hf (p i.+1).+1; rewrite leqNgt => /negP; apply.
rewrite /load sz (bigD1 (Ordinal i1)) //= (bigD1 (Ordinal (ltn0Sn m))) //= addnA.
apply: leq_trans (leq_addr _ _).
have e0 : req (long_first 1 m 1 L M) 0 = long L by rewrite req_first_then.
have e1 : req (long_first 1 m 1 L M) i.+1 = thick M.
  by rewrite req_first_then ?mul1n // ltnS.
rewrite /occ e0 e1 /held /= leqnn addn1 leqnn /= subSnn addn1 prednK //.
rewrite ltnS le (leq_trans early) ?leq_addl //= add0n subSn //.
by rewrite addnS ltnS leq_addr.
Qed.

Theorem volume_unbounded (c : rat) : ~ competitive svf 1 c.
Proof.
have [K cK] := above c; pose m := 3 * K + 1; pose L := m * m; pose M := L * L.
have m0 : 0 < m by rewrite /m addn1.
have L0 : 0 < L by rewrite muln_gt0 m0.
have M0 : 0 < M by rewrite muln_gt0 L0.
have LM : L <= M by rewrite leq_pmulr.
apply: (@bad_instance_nat _ 1%R c 1 K M M (thick_first 1 m 1 L M) (long_first 1 m 1 L M)
  (batches 1 m L)) => //.
- exact: long_first_valid.
- by rewrite mul1n.
- apply: first_then_by_rank; rewrite /svf -leq_double !volume_double /= !mul0n add0n muln1.
  by move: M0 L0; rewrite /M; clear; snia.
- by apply: (@batches_ok 1 m 1 L M M) => //; rewrite mul1n.
move=> p hp; apply: (@leq_trans (1 * m * L)).
  have := @batches_cost 1 m 1 L M isT L0; set c' := cost _ _ => h.
  apply: (@leq_trans (K * (3 * L)).+1).
    rewrite ltnS leq_mul2l; apply/orP; right; apply: leq_trans h _.
    by rewrite /L; move: m0; clear; snia.
  by rewrite {1}/m; move: L0; clear; snia.
apply: second_waits => i; rewrite mul1n => im.
by apply: leq_trans (thick_waits L0 M0 im hp) (leq_addr _ _).
Qed.
