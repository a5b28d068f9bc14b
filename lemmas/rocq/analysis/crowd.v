(* What fits under backfill, told by counting what runs: a request finds no room beside many that
   hold much, and room beside few that hold little. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import backfill.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* ---------- sums over a few positions ---------- *)

Lemma sum_positions_filter n (Q : pred nat) (F : nat -> nat) :
  \sum_(i < n | Q i) F i = \sum_(i <- [seq i <- iota 0 n | Q i]) F i.
Proof. by rewrite -(big_mkord Q F) big_filter /index_iota subn0. Qed.

Lemma sum_list_ge (s : seq nat) (F : nat -> nat) m :
  (forall i, i \in s -> m <= F i) -> size s * m <= \sum_(i <- s) F i.
Proof.
elim: s => [|x s IH] h; first by rewrite mul0n.
rewrite big_cons mulSn leq_add ?h ?mem_head // IH // => i si.
by rewrite h // inE si orbT.
Qed.

Lemma sum_list_le (s : seq nat) (F : nat -> nat) m :
  (forall i, i \in s -> F i <= m) -> \sum_(i <- s) F i <= size s * m.
Proof.
elim: s => [|x s IH] h; first by rewrite big_nil.
rewrite big_cons mulSn leq_add ?h ?mem_head // IH // => i si.
by rewrite h // inE si orbT.
Qed.

(* At least m at each position of a list without repetition. *)
Lemma sum_ge n (Q : pred nat) (F : nat -> nat) (some : seq nat) m : uniq some ->
  (forall i, i \in some -> [/\ i < n, Q i & m <= F i]) ->
  size some * m <= \sum_(i < n | Q i) F i.
Proof.
move=> un h; rewrite sum_positions_filter; set s := filter _ _.
rewrite (bigID (mem some)) /= -big_filter; apply: leq_trans (leq_addr _ _).
have sub : {subset some <= [seq i <- s | i \in some]}.
  by move=> i si; have [i_n qi _] := h i si; rewrite !mem_filter si qi mem_iota.
apply: leq_trans (sum_list_ge (_ : forall i, i \in [seq i <- s | i \in some] -> m <= F i)).
  by rewrite leq_mul2r uniq_leq_size ?orbT.
by move=> i; rewrite mem_filter => /andP[/h[]].
Qed.

(* At most m at each position of a list, nothing elsewhere. *)
Lemma sum_le n (Q : pred nat) (F : nat -> nat) (some : seq nat) m :
  (forall i, i < n -> Q i -> 0 < F i -> i \in some /\ F i <= m) ->
  \sum_(i < n | Q i) F i <= size some * m.
Proof.
move=> h; rewrite sum_positions_filter; set s := filter _ _.
rewrite (bigID (fun i => 0 < F i)) /= [X in _ + X]big1 => [|i]; last first.
  by rewrite lt0n negbK => /eqP.
rewrite addn0 -big_filter.
have facts i : i \in [seq i <- s | 0 < F i] -> i \in some /\ F i <= m.
  by rewrite !mem_filter mem_iota => /andP[pos /andP[qi /= i_n]]; apply: h.
apply: leq_trans (sum_list_le (fun i si => (facts i si).2)) _.
rewrite leq_mul2r uniq_leq_size ?orbT //; last by move=> i /facts[].
by rewrite !filter_uniq ?iota_uniq.
Qed.

(* ---------- what fits ---------- *)

Section Crowd.
Variables (M : nat) (order : seq request) (p : schedule) (j t : nat).
Notation s := (prompt (req order j)).
Notation o := (output (req order j)).

(* Those that run, hold at least m in the next step, and leave no room. *)
Lemma crowded (some : seq nat) m : 0 < o -> uniq some ->
  (forall i, i \in some -> [/\ i < size order, seen p j t i & m <= occ order p i (t + 1)]) ->
  M < size some * m + (s + 1) -> ~~ fits_beside M order p j t.
Proof.
move=> o0 un h over; apply/allPn; exists 1; first by rewrite mem_iota.
rewrite -ltnNge; apply: leq_trans over _; rewrite leq_add2r.
exact: (@sum_ge _ _ (fun i => occ order p i (t + 1))) h.
Qed.

(* All that run from here on, each of at most m tokens, leave room. *)
Lemma roomy (some : seq nat) m most :
  (forall i u, i < size order -> seen p j t i -> t < u -> 0 < occ order p i u ->
     i \in some /\ occ order p i u <= m) ->
  size some <= most -> most * m + (s + o) <= M -> fits_beside M order p j t.
Proof.
move=> h few room; apply/allP => k; rewrite mem_iota add1n ltnS => /andP[k0 ko].
apply: leq_trans room; apply: leq_add; last by rewrite leq_add2l.
apply: leq_trans (_ : size some * m <= _); last by rewrite leq_mul2r few orbT.
apply: (@sum_le _ _ (fun i => occ order p i (t + k))) => i i_n si; apply: h => //.
by rewrite -[X in X < _]addn0 ltn_add2l.
Qed.
End Crowd.
