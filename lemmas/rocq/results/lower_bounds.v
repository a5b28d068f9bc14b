(* L1, L2 and L4 (theory.md, section 2): lower bounds on the cost of every feasible schedule.
   The sorted list of the requests is theirs in order of volume. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
From kvcr.analysis Require Import volume_bound order_volume mean_busy_bound.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Notation sorted_by_volume rs := (stable_order volume rs).

(* Twice the X of theory.md: the sum of 2 V_{j-1} + v_j in order of volume. *)
Definition twice_X_sorted_list rs :=
  let order := sorted_by_volume rs in twice_X_order (size order) (vol order).

Section LowerBounds.
Variables (M : nat) (rs : seq request) (q : schedule).
Hypothesis q_feasible : feasible M rs q.

(* L1, the paper's Proposition 3.1: M cost >= V_1 + ... + V_n. *)
Theorem L1 : (\sum_(j < size rs) Vol (sorted_by_volume rs) j.+1 <= M * cost rs q)%N.
Proof.
have ho := stable_by_rank volume rs.
have [q' [hq <-]] := reorder (order_perm ho) q_feasible.
have := volume_bound hq; rewrite (order_size ho); apply; exact: rank_sorted ho.
Qed.

(* L2: cost >= sum of the outputs. *)
Theorem L2 : (\sum_(x <- rs) output x <= cost rs q)%N.
Proof. by rewrite (big_nth (0, 0)%N) big_mkord; apply: length_bound. Qed.

(* L4: cost >= X/M + sum of the lags. *)
Theorem L4 P : valid P rs -> (0 < M)%N ->
  (twice_X_sorted_list rs)%:R / (2%:R * M%:R) + \sum_(x <- rs) lag x <= (cost rs q)%:R.
Proof.
move=> hv M0; have ho := stable_by_rank volume rs.
have [q' [hq <-]] := reorder (order_perm ho) q_feasible.
have h := mean_busy_bound (order_valid ho hv) hq.
have m2 : 0 < 2%:R * M%:R :> rat by rewrite mulr_gt0 ?ltr0n.
have -> : \sum_(x <- rs) lag x
        = \sum_(j < size (sorted_by_volume rs)) lag (req (sorted_by_volume rs) j).
  rewrite -(perm_big _ (order_perm ho)) (big_nth (0, 0)%N) big_mkord; apply: eq_bigr => j _ //.
rewrite -(ler_pmul2l m2) mulrDr mulrCA divff ?gt_eqF // mulr1 /twice_X_sorted_list.
by rewrite twice_X_sorted //; apply: rank_sorted ho.
Qed.
End LowerBounds.

(* For every subset S: cost >= L4(S) + the outputs of the rest. *)
Theorem L4_subset M P (S rest rs : seq request) q :
  perm_eq (S ++ rest) rs -> valid P rs -> (0 < M)%N -> feasible M rs q ->
  (twice_X_sorted_list S)%:R / (2%:R * M%:R) + \sum_(x <- S) lag x + (\sum_(x <- rest) output x)%:R
  <= (cost rs q)%:R.
Proof.
move=> pe hv M0 hq; have [q' [hq' <-]] := reorder pe hq.
have hvS : valid P S by move: hv; rewrite /valid -(perm_all _ pe) all_cat => /andP[].
have left k : (k < size S)%N -> req (S ++ rest) k = req S k by move=> kS; rewrite /req nth_cat kS.
have hS : feasible M S q'.
  move=> t; apply: leq_trans (hq' t).
  apply: (@leq_trans (load (S ++ rest) q' (size S) t)); last first.
    by apply: load_mono; rewrite size_cat leq_addr.
  by apply: leq_sum => i _; rewrite /occ left.
have -> : (cost (S ++ rest) q')%:R = (cost S q')%:R
    + (\sum_(j < size rest) (q' (size S + j) + output (req rest j)))%N%:R :> rat.
  rewrite -natrD /cost size_cat big_split_ord /=; congr (_%:R); congr addn; apply: eq_bigr => j _.
    by rewrite left.
  by rewrite /req nth_cat ltnNge leq_addr /= addKn.
apply: ler_add; first exact: (L4 hS hvS M0).
rewrite ler_nat (big_nth (0, 0)%N) big_mkord; apply: leq_sum => j _; exact: leq_addl.
Qed.
