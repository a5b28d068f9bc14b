(* T1 and T2 (theory.md, section 2): smallest volume first, head-of-line, burst, known lengths.
   D = M + 1 - P. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
From kvcr.analysis Require Import volume_bound order_volume ramp mean_busy_bound ratio.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section VolumeFirst.
Variables (M P : nat) (rs order : seq request) (p q : schedule).
Hypothesis requests_valid : valid P rs.
Hypothesis P_le_M : (P <= M)%N.
Hypothesis smallest_volume_first : by_rank volume rs order.
Hypothesis served : head_of_line M order p.
Hypothesis other : feasible M rs q.
Notation D := (M.+1 - P)%N.

(* T1, the paper's Theorem 3.2: cost(SVF) <= (1 + 2M/D) OPT. *)
Theorem T1 : (cost order p)%:R <= (1 + 2%:R * M%:R / D%:R) * (cost rs q)%:R :> rat.
Proof.
have hv := order_valid smallest_volume_first requests_valid.
have [q' [hq <-]] := reorder (order_perm smallest_volume_first) other.
have D0 : 0 < D%:R :> rat by rewrite ltr0n subn_gt0 ltnS.
rewrite -(ler_pmul2l D0) mulrA mulrDr mulr1 mulrCA divff ?gt_eqF // mulr1.
rewrite -!natrM -natrD -natrM ler_nat /cost big_split /= mulnDr mulnDl addnC.
apply: leq_add; first by rewrite leq_mul2l length_bound orbT.
apply: (@leq_trans (\sum_(j < size order) Vol order j.+1).*2)%N; last first.
  by rewrite mul2n -doubleMl leq_double volume_bound //; apply: rank_sorted smallest_volume_first.
rewrite big_distrr /= -mul2n big_distrr /=; apply: leq_sum => j _.
rewrite mulnC mul2n; apply: leq_trans (blocking hv served (ltn_ord j)) _; rewrite leq_double.
by rewrite /Vol big_ord_recr /= leq_addr.
Qed.

(* T2: cost(SVF) <= max(1 + 4M/(3D), 2M/D) OPT. *)
Theorem T2 : (cost order p)%:R <=
  Num.max (1 + 2%:R * M%:R / D%:R * (1 - 3%:R^-1)) (2%:R * M%:R / D%:R) * (cost rs q)%:R :> rat.
Proof.
have hv := order_valid smallest_volume_first requests_valid.
have [q' [hq <-]] := reorder (order_perm smallest_volume_first) other.
apply: ratio_bound => //; first by rewrite ltr0n subn_gt0 ltnS.
  rewrite -natrM ler_nat -twice_X_sorted; last exact: rank_sorted smallest_volume_first.
  rewrite big_distrr /=; apply: leq_sum => j _.
  by rewrite mulnC; apply: leq_trans (blocking hv served (ltn_ord j)) _; rewrite leq_addl.
by have := mean_busy_bound_third hv hq.
Qed.
End VolumeFirst.
