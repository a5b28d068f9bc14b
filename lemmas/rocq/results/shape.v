(* T3 (theory.md, section 2): smallest volume first where every prompt is at least sigma times the
   output.  sigma = x/y; u = (2 sigma + 1)/(2 sigma + 2); kappa = (3 sigma + 1)/(6 sigma + 3). *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
From kvcr.analysis Require Import order_volume blocking mean_busy_bound ratio.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Shape.
Variables (M P x y : nat) (rs order : seq request) (p q : schedule).
Hypothesis requests_valid : valid P rs.
Hypothesis P_le_M : (P <= M)%N.
Hypothesis y_gt0 : (0 < y)%N.
Hypothesis prompts_large : all (fun r => x * output r <= y * prompt r)%N rs.
Hypothesis smallest_volume_first : by_rank volume rs order.
Hypothesis served : head_of_line M order p.
Hypothesis other : feasible M rs q.
Notation u := ((2 * x + y)%:R / (2 * x + 2 * y)%:R : rat).
Notation kappa := ((3 * x + y)%:R / (6 * x + 3 * y)%:R : rat).
Notation gamma := (2%:R * M%:R / (2%:R * u * (M.+1 - P)%:R)).

Let prompt_large j : (j < size order)%N ->
  (x * output (req order j) <= y * prompt (req order j))%N.
Proof.
have : all (fun r => x * output r <= y * prompt r)%N order.
  by case/andP: smallest_volume_first => /perm_all -> _.
by move/(all_nthP (0, 0)%N); apply.
Qed.

(* T3: cost(SVF) <= max(1 + c (1 - kappa), c) OPT, c = M/(u D) = gamma. *)
Theorem T3 : (cost order p)%:R <= Num.max (1 + gamma * (1 - kappa)) gamma * (cost rs q)%:R.
Proof.
have hv := order_valid smallest_volume_first requests_valid.
have [q' [hq <-]] := reorder (order_perm smallest_volume_first) other.
have y3 : (0 < 6 * x + 3 * y)%N by clear -y_gt0; slia.
have y2 : (0 < 2 * x + 2 * y)%N by clear -y_gt0; slia.
apply: ratio_bound => //.
- rewrite !mulr_gt0 ?invr_gt0 ?ltr0n ?subn_gt0 ?ltnS //.
  by rewrite addn_gt0 y_gt0 orbT.
- have -> : 2%:R * u * (M.+1 - P)%:R * (\sum_(j < size order) p j)%:R
          = (2 * (2 * x + y) * (M.+1 - P) * (\sum_(j < size order) p j))%N%:R / (2 * x + 2 * y)%:R.
    by rewrite !natrM -!mulrA; do 2 congr (_ * _); rewrite mulrC -mulrA.
  rewrite ler_pdivr_mulr ?ltr0n // -natrM ler_nat.
  rewrite -twice_X_sorted; last exact: rank_sorted smallest_volume_first.
  rewrite big_distrr big_distrl /=; apply: leq_sum => j _.
  rewrite -mulnA [(_ * p j)%N]mulnC.
  apply: (@leq_trans (2 * (2 * x + y) * (\sum_(i < j) output (req order i) *
    (prompt (req order i) + output (req order i)))))%N.
    by rewrite leq_mul2l; apply/orP; right; apply: blocking_count.
  rewrite mulnDl; apply: leq_trans (leq_addl _ _); rewrite -mul2n big_distrr /=.
  rewrite big_distrr big_distrl /=; apply: leq_sum => i _.
  have := prompt_large (ltn_trans (ltn_ord i) (ltn_ord j)); have := volume_double (req order i).
  rewrite -/(vol order i); move: (prompt _) (output _) (vol _ _) => s o v hvol h.
  have e1 : (x * o * o <= y * s * o)%N by rewrite leq_mul2r h orbT.
  by clear -e1 hvol; move: hvol; snia.
have := @mean_busy_bound_lag M P order hv kappa q' hq; apply => j jn; apply: lag_ge => //.
have := prompt_large jn; move: (prompt _) (output _) => s o h.
have e1 : (x * o * o <= y * s * o)%N by rewrite leq_mul2r h orbT.
by clear -e1; snia.
Qed.
End Shape.
