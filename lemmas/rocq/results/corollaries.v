(* What the theorems say of a class: smallest volume first where no peak exceeds alpha times the
   memory (theory.md, sections 2 and 5; the register quotes these). *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic rational.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
From kvcr.analysis Require Import own_volume.
From kvcr.results Require Import volume_first own_volume.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ---------- in terms of alpha ---------- *)

(* M/D is below 1/(1 - alpha). *)
Lemma memory_over_slack (alpha : rat) M P : alpha < 1 -> (P <= M)%N -> P%:R <= alpha * M%:R ->
  M%:R / (M.+1 - P)%:R <= (1 - alpha)^-1.
Proof.
move=> a1 PM Pa; have a : 0 < 1 - alpha by rewrite subr_gt0.
rewrite ler_pdivr_mulr ?ltr0n ?subn_gt0 ?ltnS // mulrC ler_pdivl_mulr //.
rewrite mulrBr mulr1 natrB ?leqW // -addn1 natrD [M%:R * _]mulrC.
by rewrite ler_sub ?ler_paddr ?ler01 //.
Qed.

(* gamma = M/U is at most max(4/(2 - alpha), 4/(3 (1 - alpha))). *)
Definition gamma_class (alpha : rat) :=
  Num.max (4%:R / (2%:R - alpha)) (4%:R / (3%:R * (1 - alpha))).

Lemma gamma_le (alpha : rat) M P : alpha < 1 -> (P <= M)%N -> P%:R <= alpha * M%:R ->
  4%:R * M%:R / (U4 M P)%:R <= gamma_class alpha.
Proof.
move=> a1 PM Pa; have a : 0 < 1 - alpha by rewrite subr_gt0.
have b : 0 < 2%:R - alpha by rewrite subr_gt0 (lt_trans a1) // ltr1n.
rewrite le_maxr /U4; case: (leqP (2 * M.+1 - P) (3 * (M.+1 - P)))%N => h; apply/orP; [left|right].
  rewrite ler_pdivr_mulr ?ltr0n; last by clear -PM; slia.
  rewrite mulrAC ler_pdivl_mulr // -mulrA ler_wpmul2l ?ler0n //.
  rewrite mulrBr mulrC natrB; last by clear -PM; slia.
  by rewrite [M%:R * alpha]mulrC ler_sub // -natrM ler_nat leq_mul2l leqnSn.
rewrite ler_pdivr_mulr ?ltr0n; last by clear -PM; slia.
rewrite mulrAC ler_pdivl_mulr ?mulr_gt0 ?ltr0n // -mulrA ler_wpmul2l ?ler0n //.
rewrite natrM mulrCA ler_wpmul2l ?ler0n // mulrBr mulr1 natrB; last by clear -PM; slia.
by rewrite [M%:R * alpha]mulrC ler_sub // ler_nat leqnSn.
Qed.

(* A larger gamma gives a larger bound. *)
Lemma bound_mono (g g' : rat) : g <= g' ->
  Num.max (1 + g * (1 - 3%:R^-1)) g <= Num.max (1 + g' * (1 - 3%:R^-1)) g'.
Proof.
move=> h; rewrite le_maxl !le_maxr h orbT andbT; apply/orP; left.
by rewrite ler_add2l ler_wpmul2r.
Qed.

Section Class.
Variable alpha : rat.
Hypothesis alpha_class : 0 <= alpha < 1.

Let a1 : alpha < 1. Proof. by case/andP: alpha_class. Qed.

(* The paper's Theorem 3.2 as stated: 1 + 2/(1 - alpha). *)
Theorem T1_class : competitive volume alpha (1 + 2%:R / (1 - alpha)).
Proof.
apply: (competitive_peak alpha_class) => M P rs order p q PM Pa hv ho hp hq.
apply: le_trans (T1 hv PM ho hp hq) _; rewrite ler_wpmul2r ?ler0n // ler_add2l.
by rewrite -!mulrA ler_wpmul2l ?ler0n // memory_over_slack.
Qed.

(* max(1 + 4/(3 (1 - alpha)), 2/(1 - alpha)) *)
Theorem T2_class : competitive volume alpha
  (Num.max (1 + 2%:R / (1 - alpha) * (1 - 3%:R^-1)) (2%:R / (1 - alpha))).
Proof.
apply: (competitive_peak alpha_class) => M P rs order p q PM Pa hv ho hp hq.
apply: le_trans (T2 hv PM ho hp hq) _; rewrite ler_wpmul2r ?ler0n //; apply: bound_mono.
by rewrite -!mulrA ler_wpmul2l ?ler0n // memory_over_slack.
Qed.

Theorem T4_class : competitive volume alpha
  (Num.max (1 + gamma_class alpha * (1 - 3%:R^-1)) (gamma_class alpha)).
Proof.
apply: (competitive_peak alpha_class) => M P rs order p q PM Pa hv ho hp hq.
apply: le_trans (T4 hv PM hp ho hq) _; rewrite ler_wpmul2r ?ler0n //; apply: bound_mono.
exact: gamma_le.
Qed.
End Class.

(* ---------- the numbers ---------- *)

(* abstract-5-half *)
Theorem five_at_half : competitive volume (1%:R / 2%:R) 5%:R.
Proof. by apply: competitive_weaken (T1_class (_ : 0 <= 1%:R / 2%:R < 1)). Qed.

(* T2-4-at-1/2 *)
Theorem four_at_half : competitive volume (1%:R / 2%:R) 4%:R.
Proof. by apply: competitive_weaken (T2_class (_ : 0 <= 1%:R / 2%:R < 1)). Qed.

(* T2-5-at-3/5 *)
Theorem five_at_three_fifths : competitive volume (3%:R / 5%:R) 5%:R.
Proof. by apply: competitive_weaken (T2_class (_ : 0 <= 3%:R / 5%:R < 1)). Qed.

(* T4-14/5-at-1/2 *)
Theorem fourteen_fifths_at_half : competitive volume (1%:R / 2%:R) (14%:R / 5%:R).
Proof. by apply: competitive_weaken (T4_class (_ : 0 <= 1%:R / 2%:R < 1)). Qed.

(* T4-5-at-11/15 *)
Theorem five_at_eleven_fifteenths : competitive volume (11%:R / 15%:R) 5%:R.
Proof. by apply: competitive_weaken (T4_class (_ : 0 <= 11%:R / 15%:R < 1)). Qed.

(* abstract-towards-3 *)
Theorem three_point_01_at_1_201 : competitive volume (1%:R / 201%:R) (301%:R / 100%:R).
Proof. by apply: competitive_weaken (T1_class (_ : 0 <= 1%:R / 201%:R < 1)). Qed.

(* 7/3 as alpha -> 0. *)
Theorem towards_seven_thirds (epsilon : rat) : 0 < epsilon ->
  exists2 alpha : rat, 0 < alpha & competitive volume alpha (7%:R / 3%:R + epsilon).
Proof.
move=> e0; pose alpha : rat := Num.min (epsilon / 4%:R) (1%:R / 12%:R).
have ap : 0 < alpha by rewrite lt_minr divr_gt0 ?ltr0n.
have ae : alpha <= epsilon / 4%:R by rewrite le_minl lexx.
have a12 : alpha <= 1%:R / 12%:R by rewrite le_minl lexx orbT.
have ah : alpha <= 1%:R / 2%:R by apply: le_trans a12 _.
have a1 : alpha < 1 by apply: le_lt_trans ah _.
exists alpha => //; apply: competitive_weaken (T2_class (_ : 0 <= alpha < 1)) => //; last first.
  by rewrite a1 ltW.
have inv : (1 - alpha)^-1 <= 1 + 2%:R * alpha.
  have a : 0 < 1 - alpha by rewrite subr_gt0.
  rewrite -[_^-1]mul1r ler_pdivr_mulr //.
  have -> : (1 + 2%:R * alpha) * (1 - alpha) = 1 + alpha * (1 - 2%:R * alpha). by rat_ring.
  rewrite ler_addl mulr_ge0 ?ltW // subr_gt0 mulrC.
  by apply: (@le_lt_trans _ _ (1%:R / 12%:R * 2%:R)) => //; rewrite ler_wpmul2r.
have two x : 4%:R * alpha <= x -> 2%:R / (1 - alpha) <= 2%:R + x.
  move=> h; apply: le_trans (_ : 2%:R * (1 + 2%:R * alpha) <= _); first by rewrite ler_wpmul2l.
  by rewrite mulrDr mulr1 ler_add2l mulrA -natrM.
have e : 2%:R / (1 - alpha) <= 2%:R + epsilon.
  by apply: two; rewrite mulrC -ler_pdivl_mulr.
have t : 2%:R / (1 - alpha) <= 2%:R + 1%:R / 3%:R.
  apply: two; rewrite mulrC; apply: (@le_trans _ _ (1%:R / 12%:R * 4%:R)) => //.
  by rewrite ler_wpmul2r.
rewrite le_maxl; apply/andP; split; last first.
  by apply: le_trans t _; rewrite -[X in X <= _]addr0 ler_add // ltW.
apply: (@le_trans _ _ (1 + (2%:R + epsilon) * (1 - 3%:R^-1))).
  by rewrite ler_add2l ler_wpmul2r.
rewrite mulrDl addrA ler_add // ler_pimulr //.
by rewrite ltW.
Qed.
