(* The exact distortion of fcfs, sjf and smallest peak first on requests with peaks up to P
   (theory.md, section 3), and that of 1-bit SVF on outputs up to T. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic rational.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority distortion ranks.
From kvcr.analysis Require Import own_volume.
From kvcr.results Require Import distortion.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition peaks_to P (x : request) := (0 < output x)%N && (peak x <= P)%N.

Lemma in_class P s o : (0 < o)%N -> (s + o <= P)%N -> peaks_to P (s, o).
Proof. by move=> h1 h2; rewrite /peaks_to /peak h1. Qed.

(* lambda is the least distortion of the rank on the class. *)
Definition exact_distortion (rank : request -> nat) (class : pred request) (lambda : rat) :=
  rank_distortion rank class lambda /\
  forall l, rank_distortion rank class l -> lambda <= l.

(* From a bound without fractions and a pair that attains it. *)
Lemma exact_from_pair (rank : request -> nat) (class : pred request) a b x y : (0 < b)%N ->
  (forall x y, class x -> class y -> (rank x <= rank y)%N -> (b * volume x <= a * volume y)%N) ->
  class x -> class y -> (rank x <= rank y)%N -> (b * volume x = a * volume y)%N ->
  (0 < volume y)%N ->
  exact_distortion rank class (a%:R / b%:R).
Proof.
move=> b0 bound cx cy rxy attained vy; have bp : 0 < b%:R :> rat by rewrite ltr0n.
split=> [x' y' cx' cy' r|l hl].
  by rewrite mulrAC ler_pdivl_mulr // [X in X <= _]mulrC -!natrM ler_nat bound.
have v : 0 < (volume y)%:R :> rat by rewrite ltr0n.
rewrite -(ler_pmul2r v); apply: le_trans (hl _ _ cx cy rxy).
by rewrite mulrAC ler_pdivr_mulr // -!natrM ler_nat -attained mulnC.
Qed.

Lemma volume_one s : volume (s, 1)%N = s.+1. Proof. by rewrite /volume /= muln1 addn1. Qed.

Section Class.
Variable P : nat.
Hypothesis P_gt0 : (0 < P)%N.

(* fcfs: P (P + 1) / 2, from (0, P) and (0, 1). *)
Theorem fcfs_distortion : exact_distortion fcfs (peaks_to P) ((P * P.+1)%:R / 2%:R).
Proof.
apply: (@exact_from_pair _ _ _ _ (0, P)%N (0, 1)%N) => //=.
- move=> x y /andP[x0 xP] /andP[y0 yP] _; rewrite mul2n volume_double.
  have := volume_gt0 y0; move: xP; rewrite /peak; move: (volume y) => w.
  by case: x x0 => s o /=; snia.
- by rewrite /peaks_to /peak /= P_gt0 leqnn.
- by rewrite mul2n volume_double volume_one muln1.
Qed.

(* sjf: P, from (P - 1, 1) and (0, 1). *)
Theorem sjf_distortion : exact_distortion sjf (peaks_to P) P%:R.
Proof.
rewrite -[P%:R]divr1; move: P_gt0; case: P => // k _.
apply: (@exact_from_pair _ _ k.+1 1 (k, 1)%N (0, 1)%N) => //.
- move=> x y /andP[x0 xP] /andP[y0 yP] r; rewrite -leq_double !doubleMr !volume_double mul1n.
  move: xP r x0 y0 yP; rewrite /peak /sjf.
  by case: x => s o; case: y => s' o' /=; snia.
- by apply: in_class; rewrite ?addn1.
- by rewrite !volume_one mulnC.
Qed.

(* Smallest peak first: (P + 1) / 2, from (0, P) and (P - 1, 1). *)
Theorem smallest_peak_distortion :
  exact_distortion smallest_peak (peaks_to P) (P.+1%:R / 2%:R).
Proof.
move: P_gt0; case: P => // k _.
apply: (@exact_from_pair _ _ _ _ (0, k.+1)%N (k, 1)%N) => //.
- move=> x y /andP[x0 xP] /andP[y0 yP] r; rewrite -leq_double !doubleMr !volume_double.
  move: xP r x0 y0 yP; rewrite /peak /smallest_peak /peak.
  by case: x => s o; case: y => s' o' /=; snia.
- by apply: in_class.
- by apply: in_class; rewrite ?addn1.
- by rewrite /smallest_peak /peak /= addn1.
- by rewrite mul2n volume_double volume_one; exact: mulnC.
- by rewrite volume_one.
Qed.
End Class.
