(* Backfill (theory.md, section 1): the scan goes on past a request that does not fit. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

(* When the scan of step t comes to j, what started before t holds memory, and what started in
   this scan; the latter comes before j in the order. *)
Definition seen (p : schedule) j t i := (p i < t) || ((p i == t) && (i < j)).

Definition fits_beside M (order : seq request) (p : schedule) j t :=
  all (fun k => \sum_(i < size order | seen p j t i) occ order p i (t + k)
                + (prompt (req order j) + k) <= M)
      (iota 1 (output (req order j))).

(* Each request starts at the first step at which the scan finds room for it. *)
Definition backfill M (order : seq request) (p : schedule) := forall j, j < size order ->
  fits_beside M order p j (p j) /\ forall t, t < p j -> ~~ fits_beside M order p j t.

(* As policy/priority.v has it for head-of-line. *)
Definition backfill_competitive rank (alpha c : rat) := forall M (rs order : seq request) p q,
  (forall x, x \in rs -> 0 < output x /\ ((peak x)%:R <= alpha * M%:R)%R) ->
  by_rank rank rs order -> backfill M order p -> feasible M rs q ->
  ((cost order p)%:R <= c * (cost rs q)%:R)%R.
