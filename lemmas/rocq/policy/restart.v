(* Optimistic admission with restart (theory.md, section 3, C): lengths are not known.  At each
   step t: retire what has finished; while the next step would exceed M, evict the lowest-ranked,
   whose progress is lost; then start waiting requests in rank order while the next step has room.
   A request is known by its position in the order; what runs is a list of (start, position). *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Restart.
Variables (M : nat) (order : seq request).
Notation n := (size order).
Notation s i := (prompt (req order i)).
Notation o i := (output (req order i)).

(* Tokens in step t + 1. *)
Definition next_tokens t (x : nat * nat) := s x.2 + (t.+1 - x.1).

Definition retire t (running : seq (nat * nat)) := [seq x <- running | t < x.1 + o x.2].

(* The highest-ranked that fit the room in step t + 1: the others are evicted. *)
Fixpoint keep room t running :=
  if running is x :: rest then
    if next_tokens t x <= room then x :: keep (room - next_tokens t x) t rest else [::]
  else [::].

(* The first waiting ones that fit the room with their first token. *)
Fixpoint admit_first room waiting :=
  if waiting is i :: rest then
    if s i + 1 <= room then i :: admit_first (room - (s i + 1)) rest else [::]
  else [::].

Definition tokens_after t running := sumn (map (next_tokens t) running).

Definition advance t (state : seq (nat * nat) * seq nat) :=
  let unfinished := retire t state.1 in let kept := keep M t unfinished in
  let waiting := unzip2 (drop (size kept) unfinished) ++ state.2 in
  let new := admit_first (M - tokens_after t kept) waiting in
  (kept ++ [seq (t, i) | i <- new], drop (size new) waiting).

(* What runs and what waits once step t has been decided. *)
Fixpoint state t := advance t (if t is t'.+1 then state t' else ([::], iota 0 n)).

Notation running t := (state t).1.
Notation waiting t := (state t).2.

(* p j is the start of the run in which j finishes. *)
Definition final_starts (p : schedule) := forall j, j < n ->
  exists T, (p j, j) \in running T /\ T.+1 = p j + o j.

(* ---------- one step ---------- *)

Lemma keep_prefix room t r : exists rest, r = keep room t r ++ rest.
Proof.
elim: r room => [|x r IH] room /=; first by exists [::].
case: ifP => _; last by exists (x :: r).
by have [rest e] := IH (room - next_tokens t x); exists rest; rewrite /= -e.
Qed.

(* The first that is not kept would exceed the room. *)
Lemma keep_stops room t r x rest : r = keep room t r ++ x :: rest ->
  room < tokens_after t (keep room t r) + next_tokens t x.
Proof.
elim: r room => [|y r IH] room //=; case: ifP => fit /=.
  case=> /IH h; move: h; rewrite -/(tokens_after _ _) /tokens_after /=.
  by move: fit; clear; set a := sumn _; slia.
by case=> <- _; rewrite /tokens_after /= add0n ltnNge fit.
Qed.

Lemma keep_room room t r : tokens_after t (keep room t r) <= room.
Proof.
elim: r room => //= x r IH room; case: ifP => // fit; rewrite /tokens_after /=.
by have := IH (room - next_tokens t x); rewrite /tokens_after; move: fit; clear; slia.
Qed.

Lemma admit_prefix room w : exists rest, w = admit_first room w ++ rest.
Proof.
elim: w room => [|i w IH] room /=; first by exists [::].
case: ifP => _; last by exists (i :: w).
by have [rest e] := IH (room - (s i + 1)); exists rest; rewrite /= -e.
Qed.

Lemma admit_stops room w i rest : w = admit_first room w ++ i :: rest ->
  room < sumn [seq s j + 1 | j <- admit_first room w] + (s i + 1).
Proof.
elim: w room => [|j w IH] room //=; case: ifP => fit /=.
  by case=> /IH; move: fit; clear; set a := sumn _; slia.
by case=> <- _; rewrite add0n ltnNge fit.
Qed.

Definition previous t := if t is t'.+1 then state t' else ([::], iota 0 n).
Definition unfinished t := retire t (previous t).1.
Definition kept t := keep M t (unfinished t).
Definition queue t := unzip2 (drop (size (kept t)) (unfinished t)) ++ (previous t).2.
Definition new t := admit_first (M - tokens_after t (kept t)) (queue t).

Lemma running_step t : running t = kept t ++ [seq (t, i) | i <- new t].
Proof. by case: t. Qed.

Lemma waiting_step t : waiting t = drop (size (new t)) (queue t).
Proof. by case: t. Qed.

Lemma queue_split t : queue t = new t ++ waiting t.
Proof.
have [rest e] : exists rest, queue t = new t ++ rest by apply: admit_prefix.
by rewrite waiting_step {2}e drop_size_cat.
Qed.

Lemma unfinished_split t : unfinished t = kept t ++ drop (size (kept t)) (unfinished t).
Proof.
have [rest e] : exists rest, unfinished t = kept t ++ rest by apply: keep_prefix.
by rewrite {2}e drop_size_cat.
Qed.

(* Everything that is not done, in rank order. *)
Definition left t := unzip2 (running t) ++ waiting t.

Lemma left_step t : left t = unzip2 (unfinished t) ++ (previous t).2.
Proof.
rewrite /left running_step [in RHS]unfinished_split /unzip2 !map_cat -!catA; congr (_ ++ _).
by rewrite -map_comp map_id -queue_split.
Qed.
End Restart.
