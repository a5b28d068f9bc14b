(* From a bound on the waits and L4 to a ratio (theory.md, T2): with gamma = 2M/e,
   cost <= gamma (OPT - kappa b) + b <= max(1 + gamma (1 - kappa), gamma) OPT. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.analysis Require Import volume_bound order_volume.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Ratio.
Variables (M : nat) (rs : seq request) (p q : schedule) (e kappa : rat).
Notation n := (size rs).
Notation X2 := ((twice_X n (vol rs))%:R : rat).
Notation b := ((\sum_(j < n) output (req rs j))%N%:R : rat).

Hypothesis e_gt0 : 0 < e.

(* All waits together. *)
Hypothesis waits : e * (\sum_(j < n) p j)%N%:R <= X2.

(* L4, every lag at least kappa times the output. *)
Hypothesis optimum : X2 + 2%:R * M%:R * kappa * b <= 2%:R * M%:R * (cost rs q)%:R.

Notation gamma := (2%:R * M%:R / e).

Lemma ratio_bound :
  (cost rs p)%:R <= Num.max (1 + gamma * (1 - kappa)) gamma * (cost rs q)%:R.
Proof.
set c : rat := (cost rs q)%:R.
have bc : b <= c by rewrite ler_nat length_bound.
have b0 : 0 <= b by rewrite ler0n.
have g0 : 0 <= gamma by rewrite divr_ge0 ?mulr_ge0 ?ler0n // ltW.
have w : (\sum_(j < n) p j)%N%:R <= gamma * (c - kappa * b).
  rewrite -(ler_pmul2l e_gt0); apply: le_trans waits _.
  rewrite mulrA mulrCA divff ?gt_eqF // mulr1 mulrBr mulrA ler_subr_addr.
  exact: optimum.
have -> : (cost rs p)%:R = (\sum_(j < n) p j)%N%:R + b :> rat.
  by rewrite /cost big_split natrD.
apply: le_trans (_ : gamma * (c - kappa * b) + b <= _); first by rewrite ler_add2r.
have -> : gamma * (c - kappa * b) + b = gamma * c + (1 - gamma * kappa) * b.
  by rewrite mulrBr mulrBl mul1r mulrA -!addrA [- _ + b]addrC.
case: (lerP (gamma * kappa) 1) => h.
  apply: le_trans (_ : (1 + gamma * (1 - kappa)) * c <= _); last first.
    by rewrite ler_wpmul2r ?ler0n // le_maxr lexx.
  have -> : (1 + gamma * (1 - kappa)) * c = gamma * c + (1 - gamma * kappa) * c.
    by rewrite -mulrDl mulrBr mulr1 addrCA addrA.
  by rewrite ler_add2l ler_wpmul2l // subr_ge0.
apply: le_trans (_ : gamma * c <= _); last by rewrite ler_wpmul2r ?ler0n // le_maxr lexx orbT.
by rewrite ger_addl mulr_le0_ge0 // subr_le0 ltW.
Qed.
End Ratio.
