(* Requests (theory.md, section 1): a prompt of s >= 0 tokens and an output of o >= 1 tokens.
   All of them are there at step 0 (a burst). *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Notation request := (nat * nat)%type.

Definition prompt (x : request) := x.1.
Definition output (x : request) := x.2.

(* Tokens held in the last step. *)
Definition peak (x : request) := prompt x + output x.

(* Tokens held, summed over the steps of its life: s o + o (o + 1) / 2. *)
Definition volume (x : request) := prompt x * output x + (output x * (output x).+1)./2.

(* Every request has an output, and no peak exceeds P. *)
Definition valid P (rs : seq request) := all (fun x => (0 < output x) && (peak x <= P)) rs.

Lemma volume_double x : (volume x).*2 = (prompt x * output x).*2 + output x * (output x).+1.
Proof.
rewrite /volume doubleD; congr (_ + _); have := odd_double_half (output x * (output x).+1).
by rewrite oddM /= andbN.
Qed.

(* The k-th step of its life holds s + k tokens. *)
Lemma volume_sum x : volume x = \sum_(1 <= k < (output x).+1) (prompt x + k).
Proof.
apply: double_inj; rewrite volume_double big_split /= sum_nat_const_nat subn1 doubleD sum_to_double.
by rewrite [output x * prompt x]mulnC.
Qed.

Lemma volume_gt0 x : 0 < output x -> 0 < volume x.
Proof. by rewrite volume_sum; case: (output x) => // m _; rewrite big_nat_recr //= !addnS. Qed.
