(* Arithmetic that the proofs share: a bridge from mathcomp's naturals to lia and nia, closed
   forms of small sums, and double sums split along the diagonal. *)
From Coq Require Export ZArith Lia.
From mathcomp Require Import all_ssreflect all_algebra.
Close Scope Z_scope. Delimit Scope nat_scope with N.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory.

(* ---------- mathcomp's naturals for lia and nia ---------- *)

Lemma double_mul n : n.*2 = Nat.mul n 2. Proof. by rewrite -muln2. Qed.

Ltac natify1 :=
  match goal with
  | H : is_true (leq _ _) |- _ => apply (elimT leP) in H
  | H : is_true (eq_op _ _) |- _ => apply (elimT eqP) in H
  | H : is_true (_ && _) |- _ => apply (elimT andP) in H; destruct H
  | H : is_true (~~ (leq _ _)) |- _ => rewrite -ltnNge in H
  | |- is_true (leq _ _) => apply (introT leP)
  | |- is_true (eq_op _ _) => apply (introT eqP)
  end.
Ltac natify := intros; repeat natify1;
  rewrite -?double_mul;
  repeat match goal with
  | H : context [double _] |- _ => rewrite double_mul in H
  | |- context [double _] => rewrite double_mul
  end;
  change addn with Nat.add in *; change muln with Nat.mul in *; change subn with Nat.sub in *.
Ltac slia := natify; lia.
Ltac snia := natify; nia.

(* ---------- sums of k and of k^2 ---------- *)

Lemma sum_to m : (\sum_(1 <= k < m.+1) k) * 2 = m * m.+1.
Proof.
elim: m => [|m IH]; first by rewrite big_geq.
rewrite big_nat_recr //= mulnDl IH; ring.
Qed.

Lemma sum_to_double m : (\sum_(1 <= k < m.+1) k).*2 = m * m.+1.
Proof. by rewrite -muln2 sum_to. Qed.

Lemma sum_squares m : (\sum_(1 <= k < m.+1) k * k) * 6 = m * m.+1 * (m.*2).+1.
Proof.
elim: m => [|m IH]; first by rewrite big_geq.
rewrite big_nat_recr //= mulnDl IH -!muln2; ring.
Qed.

(* ---------- double sums along the diagonal ---------- *)

Lemma sum_pairs (R : zmodType) (f : nat -> nat -> R) m :
  (\sum_(j < m) \sum_(i < m) f i j = \sum_(j < m) (f j j + \sum_(i < j) (f i j + f j i)))%R.
Proof.
elim: m => [|m IH]; first by rewrite !big_ord0.
rewrite !big_ord_recr /= -IH.
rewrite (eq_bigr (fun j : 'I_m => \sum_(i < m) f i j + f m j)%R); last first.
  by move=> j _; rewrite big_ord_recr.
rewrite !big_split /= -!addrA; congr (_ + _)%R.
by rewrite [RHS]addrC addrCA addrA.
Qed.

Lemma sum_pairs_nat (f : nat -> nat -> nat) m :
  \sum_(i < m) \sum_(j < m) f i j = \sum_(j < m) (f j j + \sum_(i < j) (f i j + f j i)).
Proof.
elim: m => [|m IH]; first by rewrite !big_ord0.
rewrite big_ord_recr [RHS]big_ord_recr /= -IH [\sum_(j < m.+1) _]big_ord_recr /=.
rewrite (eq_bigr (fun i : 'I_m => \sum_(j < m) f i j + f i m)); last first.
  by move=> i _; rewrite big_ord_recr.
by rewrite !big_split /=; ring.
Qed.
