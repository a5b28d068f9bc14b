(* L3 in counting form (theory.md, section 2): p_j D <= sum over i before j of o_i (s_i + o_i),
   for every head-of-line order.  While a head is blocked, the peaks of what runs add up to at
   least D, and each request runs in o_i steps.  T3 uses it, for requests with large prompts. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Blocking.
Variables (M P : nat) (rs : seq request).
Hypothesis requests_valid : valid P rs.
Notation s i := (prompt (req rs i)).
Notation o i := (output (req rs i)).

Lemma blocking_count p j : head_of_line M rs p -> j < size rs ->
  p j * (M.+1 - P) <= \sum_(i < j) o i * (s i + o i).
Proof.
move=> hp jn; pose run i t := (p i <= t < p i + o i).
have peaks t : t < p j -> M.+1 - P <= \sum_(i < j) run i t * (s i + o i).
  move=> tj; have [h [hj th started blocked]] := blocking_head hp jn tj.
  have [k [k0 ko bad]] := blocked t (introT andP (conj (leqnn t) th)).
  have ld : M.+1 - P <= load rs p h (t + k).
    have := valid_peak requests_valid (leq_ltn_trans hj jn); slia.
  apply: leq_trans ld _; rewrite /load (big_ord_widen j (fun i => occ rs p i (t + k))) //.
  rewrite big_mkcond /=; apply: leq_sum => i _; case: ifP => // ih.
  rewrite /occ /held; case: ifP => // /andP[h1 h2].
  have pi := started i ih.
  have -> : run i t by rewrite /run pi (leq_trans _ h2) // -addn1 leq_add2l.
  by rewrite mul1n leq_add2l leq_subLR.
have hsum : \sum_(t < p j) (M.+1 - P) <= \sum_(t < p j) \sum_(i < j) run i t * (s i + o i).
  by apply: leq_sum => t _; apply: peaks.
move: hsum; rewrite sum_nat_const card_ord exchange_big /= => h.
apply: leq_trans h _; apply: leq_sum => i _.
rewrite -big_distrl /= leq_mul2r; apply/orP; right.
rewrite -(big_mkord xpredT (fun t => (run i t : nat))).
apply: (@leq_trans (\sum_(0 <= t < p j + (p i + o i)) (run i t : nat))).
  by rewrite [X in _ <= X](@big_cat_nat _ _ _ (p j)) //= ?leq_addr.
rewrite (@big_cat_nat _ _ _ (p i)) //=; last by rewrite addnCA leq_addr.
rewrite (@big_cat_nat _ _ _ (p i + o i) (p i)) /=; [|exact: leq_addr|exact: leq_addl].
rewrite big_nat big1 ?add0n; last by move=> t /andP[_ ht]; rewrite /run leqNgt ht.
rewrite [X in _ + X]big_nat [X in _ + X]big1 ?addn0; last first.
  by move=> t /andP[ht _]; rewrite /run [t < _]ltnNge ht andbF.
apply: (@leq_trans (\sum_(p i <= t < p i + o i) 1)); first by apply: leq_sum => t _; apply: leq_b1.
by rewrite sum_nat_const_nat addKn muln1.
Qed.
End Blocking.
