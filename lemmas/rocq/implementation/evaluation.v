(* Policies by evaluation: everything here computes (vm_compute), and what it computes is proved to
   be what the theorems speak of.  Numbers are unary, so that memories are small; counterexamples of
   any size are checked by implementation/binary.v. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority scheduler.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

(* Positions of the requests by rank, ties by position. *)
Definition positions (rank : request -> nat) rs :=
  sort (relpre (req rs) (rank_order rank)) (iota 0 (size rs)).

(* The start steps of the requests in the order of rs, head-of-line by rank. *)
Definition policy_starts rank M rs :=
  let by_priority := positions rank rs in let p := starts M (map (req rs) by_priority) in
  [seq nth 0 p (index i by_priority) | i <- iota 0 (size rs)].

Definition total_cost rs (p : seq nat) :=
  sumn [seq nth 0 p i + output (req rs i) | i <- iota 0 (size rs)].

(* Whether the budget is kept; nothing is held after the last completion. *)
Definition keeps_budget M rs (p : seq nat) :=
  all (fun t => sumn [seq occ rs (nth 0 p) i t | i <- iota 0 (size rs)] <= M)
      (iota 0 (total_cost rs p).+1).

Lemma sum_positions n (F : nat -> nat) : sumn [seq F i | i <- iota 0 n] = \sum_(i < n) F i.
Proof.
rewrite sumnE big_map -(big_mkord xpredT F) /index_iota subn0; exact: eq_bigr.
Qed.

Lemma total_cost_spec rs p : total_cost rs p = cost rs (nth 0 p).
Proof. by rewrite /total_cost (sum_positions _ (fun i => nth 0 p i + output (req rs i))). Qed.

Lemma keeps_budget_spec M rs p : keeps_budget M rs p -> feasible M rs (nth 0 p).
Proof.
move=> /allP h t; case: (leqP t (total_cost rs p)) => ht.
  have := h t; rewrite mem_iota add0n ltnS ht => /(_ isT).
  by rewrite (sum_positions _ (fun i => occ rs (nth 0 p) i t)).
rewrite /load big1 // => i _; rewrite /occ /held; case: ifP => // /andP[_ late].
have := completion_le (nth 0 p) (ltn_ord i); rewrite -total_cost_spec.
by clear -late ht; slia.
Qed.

Lemma positions_order rank rs : map (req rs) (positions rank rs) = stable_order rank rs.
Proof.
rewrite /positions -sort_map; congr sort.
exact: mkseq_nth.
Qed.

(* The policy's cost by evaluation is the cost of the head-of-line schedule of its order. *)
Lemma policy_cost rank M rs : total_cost rs (policy_starts rank M rs)
  = cost (stable_order rank rs) (nth 0 (starts M (stable_order rank rs))).
Proof.
rewrite total_cost_spec /policy_starts positions_order.
set idx := positions rank rs; set p := starts M _.
have pe : perm_eq idx (iota 0 (size rs)) by rewrite perm_sort.
have un : uniq idx by rewrite (perm_uniq pe) iota_uniq.
have sz : size idx = size rs by rewrite (perm_size pe) size_iota.
rewrite /cost -positions_order size_map sz.
pose F i := nth 0 p (index i idx) + output (req rs i).
transitivity (\sum_(i < size rs) F i).
  apply: eq_bigr => i _; rewrite (nth_map 0) ?size_iota // nth_iota //.
rewrite -(big_mkord xpredT F) /index_iota subn0 -(perm_big _ pe) (big_nth 0) big_mkord sz.
by apply: eq_bigr => j _; rewrite /F index_uniq ?sz // /req (nth_map 0) ?sz.
Qed.

(* What another program says of an instance: memory, requests, starts and total cost. *)
Definition agrees rank (said : nat * seq request * seq nat * nat) :=
  let: (M, rs, p, total) := said in (policy_starts rank M rs == p) && (total_cost rs p == total).
