(* Twice the X of theory.md, so that it is a natural number: X = sum of (V_{j-1} + v_j / 2) over
   the positions j of an order.  The sorted order has the least; there it is the sum of
   min(v_i, v_j) over all ordered pairs, which needs no order. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section OrderVolume.
Variables (n : nat) (v : nat -> nat).

Definition twice_X_order := \sum_(j < n) (v j + (\sum_(i < j) v i).*2).
Definition twice_X := \sum_(i < n) \sum_(j < n) minn (v i) (v j).

Lemma twice_X_sorted :
  (forall i j, i <= j -> j < n -> v i <= v j) -> twice_X_order = twice_X.
Proof.
move=> hv; rewrite /twice_X (sum_pairs_nat (fun i j => minn (v i) (v j))).
apply: eq_bigr => j _; rewrite minnn -mul2n big_distrr /=; congr (_ + _).
apply: eq_bigr => i _; have h : v i <= v j by apply: hv => //; apply: ltnW.
by rewrite [minn (v j) _]minnC addnn (minn_idPl h) mul2n.
Qed.
End OrderVolume.
