(* The ranks of the policies by name, smallest first.  On a burst fcfs ranks all alike. *)
From mathcomp Require Import all_ssreflect.
From kvcr.behavior Require Import request schedule.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Definition svf (x : request) := volume x.
Definition sjf (x : request) := output x.
Definition fcfs (x : request) := 0.
Definition smallest_peak (x : request) := peak x.

(* 1-bit SVF for outputs up to T = k^4: the bit says whether the output exceeds sqrt T = k^2; the
   representatives are T^(1/4) = k and T^(3/4) = k^3. *)
Definition one_bit k (x : request) := volume (prompt x, if output x <= k * k then k else k * k * k).
