(* L3 in ramp form (theory.md, section 2): p_j D <= 2 V_{j-1}, D = M + 1 - P, for every
   head-of-line order, and for whatever schedule has the same witnesses.  A blocked head has a
   later step at which those before it hold at least D tokens; each of them grew there along a
   ramp, so the area below is at least half a rectangle.  These blocks tile the wait. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Ramp.
Variables (M P : nat) (rs : seq request).
Hypothesis requests_valid : valid P rs.
Notation n := (size rs).
Notation D := (M.+1 - P).

(* What has started by t and runs at t + k held at least the share y/k of it at t + y. *)
Lemma ramp p i t y k :
  p i <= t -> 0 < y <= k -> y * occ rs p i (t + k) <= k * occ rs p i (t + y).
Proof.
move=> hp /andP[y0 yk]; rewrite /occ /held; set o := output _.
case: ifP => [/andP[_ h2]|_]; last by rewrite muln0.
have -> : p i < t + y <= p i + o.
  by rewrite (leq_ltn_trans hp) ?(leq_trans _ h2) ?leq_add2l // -[X in X < _]addn0 ltn_add2l.
have [e1 e2] : t + k - p i = (t - p i) + k /\ t + y - p i = (t - p i) + y by rewrite !addnBAC.
rewrite e1 e2 !addnA !mulnDr [y * k]mulnC leq_add2r; apply: leq_add; exact: leq_mul.
Qed.

Lemma block_area p h t k : (forall i, i < h -> p i <= t) -> 0 < k ->
  k.+1 * load rs p h (t + k) <= (\sum_(1 <= y < k.+1) load rs p h (t + y)).*2.
Proof.
move=> hst k0; rewrite -(leq_pmul2l k0) mulnA -sum_to_double -!doubleMl -!doubleMr leq_double.
rewrite big_distrl big_distrr /= [X in X <= _]big_nat [X in _ <= X]big_nat.
apply: leq_sum => y hy; rewrite /load !big_distrr /=; apply: leq_sum => i _.
by apply: ramp; [apply: hst | move: hy; rewrite ltnS].
Qed.

(* One block, from any step t of the wait. *)
Lemma block p j t : witnessed M rs p -> j < n -> t < p j ->
  exists2 k, 0 < k & k * D <= (\sum_(1 <= y < k.+1) load rs p j (t + y)).*2.
Proof.
move=> hp jn tj; have [h [k [hj started k0 bad]]] := hp j t jn tj; exists k => //.
have ld : D <= load rs p h (t + k).
  have := valid_peak requests_valid (leq_ltn_trans hj jn); rewrite -/(peak _); slia.
apply: (@leq_trans (k.+1 * load rs p h (t + k))); first by apply: leq_mul.
apply: leq_trans (block_area started k0) _.
by rewrite leq_double; apply: leq_sum => y _; exact: load_mono.
Qed.

(* L3 *)
Theorem witnessed_blocking p j : witnessed M rs p -> j < n -> p j * D <= (Vol rs j).*2.
Proof.
move=> hp jn; pose area T := \sum_(1 <= x < T.+1) load rs p j x.
suff tiles : forall d t, p j - t <= d -> t * D <= (area t).*2 ->
    exists2 T, p j <= T & T * D <= (area T).*2.
  have [||T hT1 hT2] := tiles (p j) 0; rewrite ?subn0 ?mul0n //.
  apply: leq_trans (leq_trans hT2 _); first by rewrite leq_mul2r hT1 orbT.
  by rewrite leq_double area_le.
elim=> [|d IH] t hd ht.
  by exists t => //; rewrite -subn_eq0 -leqn0.
case: (leqP (p j) t) => [|tj]; first by exists t.
have [k k0 hk] := block hp jn tj.
apply: (IH (t + k)); first by move: hd k0; clear; slia.
rewrite mulnDl /area (@big_cat_nat _ _ _ t.+1 1 (t + k).+1) //= ?ltnS ?leq_addr // doubleD.
apply: leq_add => //; apply: leq_trans hk _; rewrite leq_double.
rewrite -{1}(add1n t) big_addn subSn ?leq_addr // addKn.
by apply: eq_leq; apply: eq_bigr => y _; rewrite addnC.
Qed.

Corollary blocking p j : head_of_line M rs p -> j < n -> p j * D <= (Vol rs j).*2.
Proof. by move=> /head_of_line_witnessed; apply: witnessed_blocking. Qed.
End Ramp.
