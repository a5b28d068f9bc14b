(* T4 (theory.md, section 2, proof in its appendix): own-volume accounting.
   gamma = M/U = 4M/U4 with U4 = min(2 (M + 1) - P, 3 (M + 1 - P)). *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
From kvcr.analysis Require Import order_volume own_volume waiting mean_busy_bound ratio.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Lemma U4_gt0 M P : (P <= M)%N -> (0 < U4 M P)%N.
Proof. by move=> PM; rewrite /U4 leq_min; apply/andP; split; slia. Qed.

(* M/U in the form of ratio_bound. *)
Lemma gamma_half M P : 4%:R * M%:R / (U4 M P)%:R = 2%:R * M%:R / ((U4 M P)%:R / 2%:R) :> rat.
Proof. by rewrite invf_div mulrA [2%:R * M%:R * _]mulrAC -natrM. Qed.

Section OwnVolume.
Variables (M P : nat) (rs order : seq request) (p q : schedule).
Hypothesis requests_valid : valid P rs.
Hypothesis P_le_M : (P <= M)%N.
Hypothesis served : head_of_line M order p.

(* The waiting bound: p_j U <= V_{j-1} + v_j / 2, whatever the order. *)
Theorem T4_wait j : valid P order -> (j < size order)%N ->
  (p j * U4 M P <= 4 * Vol order j + 2 * vol order j)%N.
Proof. by move=> hv jn; apply: waiting_bound. Qed.

Hypothesis smallest_volume_first : by_rank volume rs order.
Hypothesis other : feasible M rs q.
Notation gamma := (4%:R * M%:R / (U4 M P)%:R).

(* T4: cost(SVF) <= max(1 + 2 gamma / 3, gamma) OPT. *)
Theorem T4 : (cost order p)%:R <=
  Num.max (1 + gamma * (1 - 3%:R^-1)) gamma * (cost rs q)%:R :> rat.
Proof.
have hv := order_valid smallest_volume_first requests_valid.
have [q' [hq <-]] := reorder (order_perm smallest_volume_first) other.
rewrite gamma_half.
apply: ratio_bound => //; first by rewrite divr_gt0 ?ltr0n ?U4_gt0.
  rewrite mulrAC ler_pdivr_mulr ?ltr0n // -!natrM ler_nat.
  rewrite -twice_X_sorted; last exact: rank_sorted smallest_volume_first.
  rewrite big_distrr big_distrl /=; apply: leq_sum => j _.
  have := waiting_bound hv P_le_M served (ltn_ord j).
  rewrite /Vol; set A := (\sum_(i < j) _)%N; set v := vol order j; set w := p j; clear; slia.
by have := mean_busy_bound_third hv hq.
Qed.
End OwnVolume.
