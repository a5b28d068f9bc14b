(* L3 (theory.md, section 2), the paper's Lemma A.2: how long a head-of-line order makes a request
   wait, sorted or not; D = M + 1 - P. *)
From mathcomp Require Import all_ssreflect.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line.
From kvcr.analysis Require Import ramp blocking.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Blocking.
Variables (M P : nat) (order : seq request) (p : schedule) (j : nat).
Hypothesis requests_valid : valid P order.
Hypothesis served : head_of_line M order p.
Hypothesis j_lt : j < size order.

(* p_j D <= 2 V_{j-1} *)
Theorem L3 : p j * (M.+1 - P) <= 2 * Vol order j.
Proof. by rewrite mul2n; apply: blocking. Qed.

(* p_j D <= sum over i before j of o_i (s_i + o_i) *)
Theorem L3_count :
  p j * (M.+1 - P) <= \sum_(i < j) output (req order i) * peak (req order i).
Proof. exact: blocking_count. Qed.
End Blocking.
