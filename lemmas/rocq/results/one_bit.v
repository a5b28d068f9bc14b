(* 1-bit SVF (theory.md, section 3) has distortion at most T on outputs up to T = k^4, and so a
   ratio of order sqrt T = k^2 with the truthful check. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority distortion ranks.
From kvcr.analysis Require Import own_volume.
From kvcr.results Require Import distortion.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

Definition outputs_to T (x : request) := 0 < output x <= T.

(* Outputs within a factor k have volumes within a factor k^2. *)
Lemma volume_scale k s o o' : 0 < k -> o <= k * o' -> volume (s, o) <= k * k * volume (s, o').
Proof.
move=> k0 h; rewrite -leq_double doubleMr !volume_double /prompt /output /= mulnDr.
apply: leq_add.
  have -> : k * k * (s * o').*2 = (k * (s * (k * o'))).*2 by rewrite -!muln2; ring.
  rewrite leq_double; apply: (@leq_trans (s * (k * o'))); first by rewrite leq_mul2l h orbT.
  by rewrite leq_pmull.
apply: (@leq_trans (k * o' * (k * o').+1)); first by apply: leq_mul.
by move: k0; clear; snia.
Qed.

Section OneBit.
Variable k : nat.
Hypothesis k0 : 0 < k.
Notation T := (k * k * (k * k)).

(* The representative is within a factor k = T^(1/4) of every output of its class. *)
Lemma representative (x : request) : outputs_to T x ->
  volume x <= k * k * one_bit k x /\ one_bit k x <= k * k * volume x.
Proof.
case: x => s o /andP[/= o0 oT]; rewrite /one_bit /prompt /output /=.
have T4 : T = k * (k * k * k) by rewrite !mulnA.
case: (leqP o (k * k)) => h; split; apply: volume_scale => //.
- by rewrite leq_pmulr.
- by rewrite -T4.
- by rewrite mulnC leq_mul2l ltnW ?orbT.
Qed.

Theorem one_bit_distortion : rank_distortion (one_bit k) (outputs_to T) T%:R.
Proof.
move=> x y /representative[hx _] /representative[_ hy] r; rewrite -natrM ler_nat.
apply: leq_trans hx _; apply: (@leq_trans (k * k * one_bit k y)); first by rewrite leq_mul2l r orbT.
by rewrite -[T * volume y]mulnA leq_mul2l hy orbT.
Qed.

Variables (M P : nat) (rs order : seq request) (p q : schedule).
Hypothesis requests_valid : valid P rs.
Hypothesis P_le_M : P <= M.
Hypothesis outputs_short : all (outputs_to T) rs.
Hypothesis one_bit_first : by_rank (one_bit k) rs order.
Hypothesis served : head_of_line M order p.
Hypothesis other : feasible M rs q.

Let distorted : distortion T%:R order.
Proof. exact: by_rank_distortion one_bit_distortion outputs_short one_bit_first. Qed.

Let k2 : (1 <= (k * k)%:R :> rat)%R. Proof. by rewrite ler1n muln_gt0 k0. Qed.
Let root : (T%:R <= (k * k)%:R ^+ 2 :> rat)%R. Proof. by rewrite expr2 -natrM. Qed.

(* B with sqrt lambda = sqrt T: max(1 + 4 sqrt T M / (3D), 2 sqrt T M / D). *)
Theorem one_bit_B : ((cost order p)%:R <=
  Num.max (1 + (k * k)%:R * (2%:R * M%:R / (M.+1 - P)%:R) * (1 - 3%:R^-1))
          ((k * k)%:R * (2%:R * M%:R / (M.+1 - P)%:R)) * (cost rs q)%:R :> rat)%R.
Proof. exact: B k2 root requests_valid P_le_M one_bit_first distorted served other. Qed.

(* B4 with sqrt lambda = sqrt T. *)
Theorem one_bit_B4 : ((cost order p)%:R <=
  Num.max (1 + (k * k)%:R * (4%:R * M%:R / (U4 M P)%:R) * (1 - 3%:R^-1))
          ((k * k)%:R * (4%:R * M%:R / (U4 M P)%:R)) * (cost rs q)%:R :> rat)%R.
Proof. exact: B4 k2 root requests_valid P_le_M one_bit_first distorted served other. Qed.

(* O(sqrt T): at most 1 + 2 sqrt T M / D. *)
Theorem one_bit_sqrt : ((cost order p)%:R <=
  (1 + (k * k)%:R * (2%:R * M%:R / (M.+1 - P)%:R)) * (cost rs q)%:R :> rat)%R.
Proof.
apply: le_trans one_bit_B _; rewrite ler_wpmul2r ?ler0n // le_maxl.
have g : (0 <= (k * k)%:R * (2%:R * M%:R / (M.+1 - P)%:R) :> rat)%R.
  by rewrite mulr_ge0 ?divr_ge0 ?mulr_ge0 ?ler0n.
by rewrite ler_add2l ler_pimulr //= ler_addr ler01.
Qed.
End OneBit.
