(* Coq's ring and field for mathcomp's rationals.  mathcomp reaches one operation through several
   structures; the tactics first name it (addq, ...), and write numerals n%:R as sums of ones. *)
From Coq Require Import Field.
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Definition addq (x y : rat) : rat := x + y.
Definition mulq (x y : rat) : rat := x * y.
Definition oppq (x : rat) : rat := - x.
Definition invq (x : rat) : rat := x^-1.
Definition zeroq : rat := 0.
Definition oneq : rat := 1.

Lemma rat_ring_theory :
  @ring_theory rat zeroq oneq addq mulq (fun x y => addq x (oppq y)) oppq eq.
Proof.
split; rewrite /addq /mulq /oppq /zeroq /oneq => *.
- by rewrite add0r.
- by rewrite addrC.
- by rewrite addrA.
- by rewrite mul1r.
- by rewrite mulrC.
- by rewrite mulrA.
- by rewrite mulrDl.
- by [].
- by rewrite addrN.
Qed.

Lemma rat_field_theory : @field_theory rat zeroq oneq addq mulq
  (fun x y => addq x (oppq y)) oppq (fun x y => mulq x (invq y)) invq eq.
Proof.
split=> //; first exact: rat_ring_theory.
by move=> x /eqP x0; rewrite /mulq /invq mulVf.
Qed.

Add Field rat_field : rat_field_theory.

Lemma natr_step n : n.+2%:R = 1 + n.+1%:R :> rat. Proof. by rewrite -addn1 natrD addrC. Qed.

Ltac name_operations := repeat
  match goal with
  | |- context [@GRing.add ?V ?a ?b] => change (@GRing.add V a b) with (addq a b)
  | |- context [@GRing.mul ?V ?a ?b] => change (@GRing.mul V a b) with (mulq a b)
  | |- context [@GRing.opp ?V ?a] => change (@GRing.opp V a) with (oppq a)
  | |- context [@GRing.inv ?V ?a] => change (@GRing.inv V a) with (invq a)
  | |- context [GRing.zero ?V] => change (GRing.zero V) with zeroq
  | |- context [GRing.one ?V] => change (GRing.one V) with oneq
  end;
  match goal with |- @eq ?T ?a ?b => change (@eq rat a b) | |- _ => idtac end.

Ltac rat_ring := rewrite ?natr_step ?mulr1n; name_operations; ring.
Ltac rat_field := rewrite ?natr_step ?mulr1n; name_operations; field.

Example ring_example (x : rat) : (1 + 2%:R * x) * (1 - x) = 1 + x * (1 - 2%:R * x).
Proof. rat_ring. Qed.
Example field_example (x : rat) : x != 0 -> 6%:R * x / (3%:R * x) = 2%:R.
Proof. move=> /eqP x0; rat_field; split; [exact: x0|by []]. Qed.
