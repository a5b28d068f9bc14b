(* Smallest volume first is no better than 1/(1 - alpha), at every alpha (theory.md, section 2,
   Below).  alpha = a/b; the long request has volume V = alpha M, as the thick one. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic rational.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
From kvcr.analysis Require Import worst_case two_kinds repetitions.
From kvcr.results Require Import distortion exact_distortion.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

(* L = 2 a n, and a prompt that makes everything divide. *)
Section Sizes.
Variables a d n : nat.
Hypothesis a0 : 0 < a.
Hypothesis d0 : 0 < d.
Hypothesis n0 : 0 < n.
Local Definition L := 2 * a * n.
Local Definition unit := n * L.-1 * (2 * n + 1).
Local Definition V := a * unit.
Local Definition M := (a + d) * unit.
Local Definition long : request := ((L.-1 * n).-1, L).
Local Definition thick : request := (V.-1, 1).
Local Definition k := d * (2 * n + 1) + 1.
Local Definition K := (a + d) * (2 * n - 1).

(* Without predecessors: L = l + 2, n = m + 1, and the prompt is z. *)
Let sizes : exists l m z,
  [/\ L = l.+2, n = m.+1, l.+2 = 2 * a * m.+1, l.+1 * m.+1 = z.+1 & long = (z, l.+2)].
Proof.
have h : 1 < L by rewrite /L; move: a0 n0; clear; snia.
have e : L.-2.+2 = L by case: (L) h => [|[|]].
have e1 : L.-2.+1 = L.-1 by case: (L) h => [|[|]].
exists L.-2, n.-1, (L.-1 * n).-1; split; rewrite ?e ?e1 ?(prednK n0) // prednK // muln_gt0 n0.
by rewrite -e1.
Qed.

Lemma L_gt0 : 0 < L. Proof. by have [l [m [z [-> _ _ _ _]]]] := sizes. Qed.
Lemma K_gt0 : 0 < K. Proof. by rewrite /K; move: a0 n0; clear; snia. Qed.
Lemma unit_gt0 : 0 < unit.
Proof. by have [l [m [z [Ll nm _ _ _]]]] := sizes; rewrite /unit Ll nm addn1. Qed.
Lemma V_gt0 : 0 < V. Proof. by rewrite muln_gt0 a0 unit_gt0. Qed.

Lemma peak_long : peak long = L.-1 * n.+1.
Proof.
have [l [m [z [-> -> _ zE ->]]]] := sizes; rewrite /peak /prompt /output.
by rewrite -[LHS]/(z + l.+2) -[l.+2.-1]/l.+1 mulnS zE; clear; slia.
Qed.

Lemma peak_thick : peak thick = V.
Proof. by rewrite /peak /thick /prompt /output addn1 prednK // V_gt0. Qed.

Lemma volume_thick : volume thick = V.
Proof. by rewrite volume_one prednK // V_gt0. Qed.

Lemma unit_sizes : exists l m z, [/\ L = l.+2, n = m.+1, l.+2 = 2 * a * m.+1, long = (z, l.+2) &
  unit = m.+1 * (2 * z.+1 + l.+1)] /\ l.+1 * m.+1 = z.+1.
Proof.
have [l [m [z [Ll nm al zE lE]]]] := sizes; exists l, m, z; split=> //; split=> //.
by rewrite /unit Ll nm -zE -[l.+2.-1]/l.+1; ring.
Qed.

Lemma volume_long : volume long = V.
Proof.
apply: double_inj; have [l [m [z [[Ll nm al -> uE] zE]]]] := unit_sizes.
rewrite volume_double /V uE -[prompt _]/z -[output _]/l.+2.
have -> : (a * (m.+1 * (2 * z.+1 + l.+1))).*2 = l.+2 * (2 * z.+1 + l.+1).
  by rewrite al -!muln2; ring.
by rewrite -!muln2; ring.
Qed.

Lemma thick_blocked : M < k * (prompt long + 1) + (prompt thick + 1).
Proof.
have -> : prompt thick + 1 = V by rewrite addn1 prednK // V_gt0.
have [l [m [z [[Ll nm al -> uE] zE]]]] := unit_sizes; rewrite -[prompt _]/z /M /V /k uE nm.
have e : m.+1 * (2 * z.+1 + l.+1) = z.+1 * (2 * m.+1 + 1).
  by rewrite mulnDr [_ * l.+1]mulnC zE; ring.
have -> : (d * (2 * m.+1 + 1) + 1) * (z + 1) = d * (z.+1 * (2 * m.+1 + 1)) + z.+1 by ring.
by rewrite e mulnDl; move: (z.+1 * _) => w; clear; slia.
Qed.

Lemma long_fit : K * peak long <= M.
Proof.
rewrite peak_long /K /M /unit -!mulnA leq_mul2l; apply/orP; right.
have [l [m [z [-> -> _ _ _]]]] := sizes; rewrite -[l.+2.-1]/l.+1.
have -> : 2 * m.+1 - 1 = 2 * m + 1 by clear; slia.
by clear; snia.
Qed.

Lemma peak_long_le : peak long <= V.
Proof.
rewrite peak_long /V /unit; have [l [m [z [-> -> _ _ _]]]] := sizes; rewrite -[l.+2.-1]/l.+1.
by apply: leq_trans (leq_pmull _ a0); clear; snia.
Qed.

(* The costs of L repetitions, in one unit. *)
Lemma costs p : head_of_line M (repeated L k long thick) p ->
  2 * K * cost (first_then L thick (k * L) long) (y_first L long K)
    <= k * (L * L) * (6 * K + L * k) /\
  k * (L * L) * (K * L) <= 2 * K * cost (repeated L k long thick) p.
Proof.
move=> hp; split.
  apply: leq_trans (y_first_cost L k long K (erefl 1 : output thick = 1)) _.
  have k0 : 0 < k by rewrite /k addn1.
  rewrite -[output long]/L; move: L_gt0 k0; clear; move: (L) (k) (K) => l i j; snia.
have := repeated_cost hp isT thick_blocked; rewrite -[output long]/L.
set c := cost _ _; move: c (L) (k) (K); clear => c l i j; snia.
Qed.
End Sizes.

Theorem inverse_slack (alpha c : rat) :
  (0 < alpha < 1)%R -> (c < (1 - alpha)^-1)%R -> ~ competitive volume alpha c.
Proof.
move=> /andP[alpha0 alpha1] cs; have [a [b [b0 ab]]] := rat_fraction (ltW alpha0).
have bp : (0 < b%:R :> rat)%R by rewrite ltr0n.
have a0 : 0 < a by move: alpha0; rewrite ab ltr_pdivl_mulr // mul0r ltr0n.
have lt_ab : a < b by move: alpha1; rewrite ab ltr_pdivr_mulr // mul1r ltr_nat.
pose d := b - a; have d0 : 0 < d by rewrite subn_gt0.
have bE : b = a + d by rewrite subnKC // ltnW.
pose delta := (b%:R - c * d%:R : rat)%R.
have delta0 : (0 < delta)%R.
  move: cs; rewrite ab subr_gt0 -[(1 - _)%R]/(1 - _)%R.
  have -> : (1 - a%:R / b%:R = d%:R / b%:R :> rat)%R.
    by rewrite /d natrB ?(ltnW lt_ab) // mulrBl divff // gt_eqF.
  by rewrite invf_div ltr_pdivl_mulr // ltr0n.
have [N hN] := above ((6%:R * c * b%:R + 2%:R * b%:R + c) / delta)%R.
pose n := N.+1; have n0 : 0 < n by [].
pose M' := M a d n; pose V' := V a n.
have unit0 := unit_gt0 a0 n0.
have small : (V'%:R = alpha * M'%:R :> rat)%R.
  by rewrite /V' /M' /V /M -bE ab natrM [in RHS]natrM mulrA divfK // gt_eqF.
have V0 := V_gt0 a0 n0.
pose rs := first_then (L a n) (thick a n) (k d n * L a n) (long a n).
pose order := repeated (L a n) (k d n) (long a n) (thick a n).
apply: (@bad_instance _ alpha c M' rs order (y_first (L a n) (long a n) (K a d n)) (ltW alpha1)).
- move=> x; rewrite mem_cat => /orP[] /nseqP[-> _].
    by split=> //; rewrite (peak_thick a0 n0) -small.
  split; first exact: L_gt0.
  by rewrite -small ler_nat; apply: peak_long_le.
- rewrite /by_rank repeated_perm /=; apply: (@same_rank_sorted volume V').
  apply/allP => x xo; apply/eqP; move: xo; rewrite (perm_mem (repeated_perm _ _ _ _)) mem_cat.
  by move=> /orP[] /nseqP[-> _]; [apply: volume_thick|apply: volume_long].
- apply: y_first_feasible => //; first exact: K_gt0.
    rewrite (peak_thick a0 n0) -(ler_nat rat_numDomainType) small.
    by rewrite ler_pimull ?ler0n // ltW.
  exact: long_fit.
move=> p hp; have [hq hb] := @costs a d n a0 n0 p hp.
move: hq hb; rewrite -/rs -/order; set Q := cost rs _; set C := cost order p => hq hb.
have Kp : 0 < K a d n by apply: K_gt0.
have Lp : 0 < L a n by apply: L_gt0.
have kp : 0 < k d n by rewrite /k addn1.
have K2 : (0 < (2 * K a d n)%:R :> rat)%R by rewrite ltr0n muln_gt0 Kp.
have u0 : (0 < (k d n * (L a n * L a n))%:R :> rat)%R by rewrite ltr0n muln_gt0 kp muln_gt0 Lp.
rewrite -(ltr_pmul2l K2) -[X in (_ < X)%R]natrM.
apply: (@lt_le_trans _ _ (k d n * (L a n * L a n) * (K a d n * L a n))%:R%R); last first.
  by rewrite ler_nat.
case: (lerP c 0) => c0.
  apply: (@le_lt_trans _ _ 0%R); last first.
    by rewrite ltr0n muln_gt0 muln_gt0 kp muln_gt0 Lp muln_gt0 Kp Lp.
  by rewrite mulr_ge0_le0 ?ler0n // mulr_le0_ge0 ?ler0n.
apply: (@le_lt_trans _ _ (c * (k d n * (L a n * L a n) * (6 * K a d n + L a n * k d n))%:R)%R).
  by rewrite mulrCA ler_wpmul2l ?(ltW c0) // -natrM ler_nat.
rewrite [in X in (X < _)%R]natrM mulrCA [X in (_ < X)%R]natrM ltr_pmul2l //.
have core : (6%:R * c * b%:R < (K a d n)%:R - c * (k d n)%:R)%R.
  have -> : ((K a d n)%:R - c * (k d n)%:R
             = 2%:R * n%:R * delta - (b%:R + c * d%:R + c) :> rat)%R.
    have -> : K a d n = b * (2 * n - 1) by rewrite /K -bE.
    rewrite /k /delta natrM natrB ?muln_gt0 // !natrD !natrM natrD natrM.
    by move: (b%:R)%R (d%:R)%R (n%:R)%R => B D N'; rat_ring.
  have far : (6%:R * c * b%:R + 2%:R * b%:R + c < n%:R * delta)%R.
    by rewrite -ltr_pdivr_mulr //; apply: le_lt_trans hN _; rewrite ltr_nat.
  have nd : (0 <= n%:R * delta)%R by rewrite mulr_ge0 ?ler0n // ltW.
  have cd : (c * d%:R < b%:R)%R by move: delta0; rewrite subr_gt0.
  rewrite ltr_subr_addr; apply: (@le_lt_trans _ _ (6%:R * c * b%:R + 2%:R * b%:R + c)%R).
    rewrite !addrA ler_add2r -addrA ler_add2l mulr_natl mulr2n.
    by rewrite ler_add2l ltW.
  by apply: lt_le_trans far _; rewrite -mulrA ler_pemull // ler1n.
have KL : ((K a d n * L a n)%:R - c * (L a n * k d n)%:R
           = (L a n)%:R * ((K a d n)%:R - c * (k d n)%:R) :> rat)%R.
  by rewrite !natrM; rat_ring.
rewrite natrD mulrDr -ltr_subr_addr KL.
apply: (@le_lt_trans _ _ ((L a n)%:R * (6%:R * c * b%:R))%R); last first.
  by rewrite ltr_pmul2l // ltr0n.
have -> : (c * (6 * K a d n)%:R = 6%:R * c * (K a d n)%:R :> rat)%R.
  by rewrite natrM mulrA [(c * _)%R]mulrC.
rewrite mulrCA ler_wpmul2l ?mulr_ge0 ?ler0n ?(ltW c0) // -natrM ler_nat.
rewrite /K -bE mulnC leq_mul2r /L; apply/orP; right.
by move: a0; clear; snia.
Qed.
