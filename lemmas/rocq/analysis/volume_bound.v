(* L1 and L2 (theory.md, section 2): two lower bounds on the cost of every feasible schedule.
   L1: M cost >= V_1 + ... + V_n, the requests in order of volume.  L2: cost >= sum of outputs. *)
From mathcomp Require Import all_ssreflect.
From kvcr.behavior Require Import request schedule.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Definition volume_sorted rs := forall i j, i <= j -> j < size rs -> vol rs i <= vol rs j.

Section Bounds.
Variables (M : nat) (rs : seq request).
Notation n := (size rs).

(* Whatever requests are chosen: together they hold at most M T up to step T. *)
Lemma capacity p T (S : pred nat) :
  feasible M rs p -> \sum_(i < n | S i) \sum_(1 <= t < T.+1) occ rs p i t <= M * T.
Proof.
move=> hf; rewrite exchange_big /=.
apply: (@leq_trans (\sum_(1 <= t < T.+1) M)); last by rewrite sum_nat_const_nat subn1 mulnC.
apply: leq_sum => t _; apply: leq_trans (hf t); rewrite /load.
by rewrite [X in _ <= X](bigID (fun i : 'I_n => S i)) /= leq_addr.
Qed.

(* L1.  By the completion of j, M c_j has room for all that finish no later.  Of each unordered
   pair one finishes no later than the other: the smaller volume is counted at least once. *)
Lemma volume_bound p :
  feasible M rs p -> volume_sorted rs -> \sum_(j < n) Vol rs j.+1 <= M * cost rs p.
Proof.
move=> hf hv; pose c j := p j + output (req rs j).
pose bef i j := (c i < c j) || ((c i == c j) && (i <= j)).
have befT i j : bef i j || bef j i.
  by rewrite /bef; case: (ltngtP (c i) (c j)) => //= _; apply: leq_total.
have befc i j : bef i j -> c i <= c j.
  by rewrite /bef => /orP[/ltnW//|/andP[/eqP-> _]].
apply: (@leq_trans (\sum_(j < n) \sum_(i < n | bef i j) vol rs i)); last first.
  rewrite /cost big_distrr /=; apply: leq_sum => j _.
  apply: leq_trans (capacity (c j) (fun i => bef i j) hf).
  apply: leq_sum => i /befc hi; by rewrite occ_sum_eq.
have -> : \sum_(j < n) Vol rs j.+1 = \sum_(j < n) \sum_(i < n | i <= j) vol rs i.
  apply: eq_bigr => j _; rewrite /Vol (big_ord_widen n (fun i => vol rs i)) //.
rewrite [X in _ <= X](eq_bigr (fun j : 'I_n =>
    \sum_(i < n | i <= j) (if bef i j then vol rs i else 0)
  + \sum_(i < n | j < i) (if bef i j then vol rs i else 0))); last first.
  move=> j _; rewrite big_mkcond (bigID (fun i : 'I_n => i <= j)) /=; congr (_ + _).
  by apply: eq_bigl => i; rewrite ltnNge.
rewrite big_split /= [X in _ <= _ + X](exchange_big_dep xpredT) //= -big_split /=.
apply: leq_sum => j _.
rewrite [X in _ <= _ + X]big_mkcond [X in _ <= X + _]big_mkcond [X in X <= _]big_mkcond.
rewrite -big_split /=; apply: leq_sum => i _.
case: (ltngtP i j) => // hij.
- have := befT i j; case: (bef i j) => /=; rewrite ?leq_addr // => ->.
  by rewrite add0n; apply: hv; [apply: ltnW | apply: ltn_ord].
- by have := befT i j; rewrite (ord_inj hij) orbb => ->; rewrite leq_addr.
Qed.

(* L2 *)
Lemma length_bound p : \sum_(j < n) output (req rs j) <= cost rs p.
Proof. by apply: leq_sum => j _; rewrite leq_addl. Qed.
End Bounds.
