(* Counterexamples by evaluation, with binary numbers.  The starts of the policy are given and
   checked, not computed: every request fits where it starts, and at every step before it does not,
   because of a witness, a later step in which it would exceed the memory.  Nothing here counts
   steps, so that evaluation takes as long with a thousand tokens as with a billion.

   What is checked here is proved to be what the theorems speak of in implementation/verdict.v. *)
From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect.
Delimit Scope N_scope with num.
Local Open Scope num.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* A request, with its start in some schedule: (prompt, output, start). *)
Notation entry := (N * N * N)%type.
Definition tokens (x : entry) := x.1.1.
Definition steps (x : entry) := x.1.2.
Definition start (x : entry) := x.2.

Definition completion x := start x + steps x.

(* Tokens held in step u, by one and by many. *)
Definition holds u x :=
  if start x <? u then if u <=? completion x then tokens x + (u - start x) else 0 else 0.
Definition total u (l : seq entry) := foldr (fun x sum => holds u x + sum) 0 l.

(* Between completions the load only grows. *)
Definition within M (l : seq entry) := all (fun x => total (completion x) l <=? M) l.

(* x can start at t beside l. *)
Definition fits_at M (l : seq entry) x t :=
  let running := [seq y <- l | t <? completion y] in
  let last := t + steps x in
  all (fun u => total u running + tokens x + (u - t) <=? M)
      (last :: [seq u <- map completion running | u <=? last]).

(* Why x cannot start at the steps from t on, before until: it would exceed the memory in step u,
   or each time after d steps, as nothing completes meanwhile. *)
Inductive witness := At of N & N | After of N & N.

Definition until w := match w with At _ b | After _ b => b end.

Definition explains M (l : seq entry) x t w :=
  match w with
  | At u b => [&& t <? u, u <=? t + steps x, b <=? u & M + b <=? total u l + tokens x + u]
  | After d b => [&& 0 <? d, d <=? steps x, M <? total (t + d) l + tokens x + d &
      all (fun y => (completion y <? t + d) || (b + d <=? completion y + 1)) l]
  end.

(* From step t up to its start x cannot start beside what there is at that step. *)
Fixpoint waits M (beside : N -> seq entry) x t (why : seq witness) :=
  if why is w :: rest then
    explains M (beside t) x t w && waits M beside x (until w) rest
  else start x <=? t.

(* The entries are in priority order; before: those ahead of what remains. *)
Fixpoint in_order M before from (remaining : seq entry) (why : seq (seq witness)) :=
  match remaining, why with
  | x :: rest, w :: ws =>
      [&& from <=? start x, fits_at M before x (start x), waits M (fun _ => before) x from w &
          in_order M (rcons before x) (start x) rest ws]
  | [::], _ => true
  | _, _ => false
  end.

(* What the scan of step t sees when it comes to the one between before and after. *)
Definition seen_beside (before after : seq entry) t :=
  [seq y <- before | start y <=? t] ++ [seq y <- after | start y <? t].

Fixpoint in_backfill M before (remaining : seq entry) (why : seq (seq witness)) :=
  match remaining, why with
  | x :: rest, w :: ws =>
      [&& fits_at M (seen_beside before rest (start x)) x (start x),
          waits M (seen_beside before rest) x 0 w & in_backfill M (rcons before x) rest ws]
  | [::], _ => true
  | _, _ => false
  end.

(* Ranks, to compare: twice the volume, the output, nothing, the peak. *)
Definition svf_key (x : entry) := 2 * (tokens x * steps x) + steps x * (steps x + 1).
Definition sjf_key (x : entry) := steps x.
Definition fcfs_key (x : entry) := 0.
Definition smallest_peak_key (x : entry) := tokens x + steps x.

Definition ranked (rank : entry -> N) (l : seq entry) := sorted (fun x y => rank x <=? rank y) l.

Definition latency (l : seq entry) := foldr (fun x sum => completion x + sum) 0 l.

(* The same requests elsewhere. *)
Definition moved (l : seq entry) (starts : seq N) :=
  [seq (xq.1.1, xq.2) | xq <- zip l starts].

(* Peaks up to a/b of M, and a schedule more than num/den times cheaper. *)
Definition worse (a b num den : N) M (l : seq entry) (good : seq N) :=
  [&& 0 <? b, 0 <? den, a <=? b, size good == size l,
      all (fun x => (0 <? steps x) && ((tokens x + steps x) * b <=? a * M)) l,
      within M (moved l good) & num * latency (moved l good) <? den * latency l].
