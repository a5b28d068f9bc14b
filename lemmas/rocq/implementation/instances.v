(* Concrete instances that satisfy every hypothesis of every theorem: none holds for want of a
   case.  Each example is a theorem applied to an instance; the schedules are evaluated. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority distortion ranks scheduler restart.
From kvcr.implementation Require Import evaluation.
From kvcr.analysis Require Import own_volume.
From kvcr.results Require Import blocking lower_bounds volume_first shape own_volume distortion.
From kvcr.results Require Import corollaries exact_distortion one_bit restart.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

(* Four requests with memory 12, and peaks up to 7. *)
Definition M := 12.
Definition P := 7.
Definition rs : seq request := [:: (0, 6); (5, 2); (3, 3); (1, 4)].

(* One after the other: feasible, and not what any policy does. *)
Definition q := nth 0 [:: 0; 6; 8; 11].

Lemma rs_valid : valid P rs. Proof. by []. Qed.
Lemma P_le_M : P <= M. Proof. by []. Qed.
Lemma q_feasible : feasible M rs q. Proof. by apply: keeps_budget_spec; vm_compute. Qed.

(* The order of a rank and the schedule that it makes. *)
Definition order rank := stable_order rank rs.
Definition p rank := nth 0 (starts M (order rank)).

Lemma ordered rank : by_rank rank rs (order rank). Proof. exact: stable_by_rank. Qed.
Lemma served rank : head_of_line M (order rank) (p rank).
Proof. exact: starts_head_of_line (order_valid (ordered rank) rs_valid) P_le_M. Qed.
Lemma valid_order rank : valid P (order rank).
Proof. exact (order_valid (ordered rank) rs_valid). Qed.

(* The policies differ here, and requests do wait. *)
(* The policies differ here, and requests do wait. *)
Example svf_starts : policy_starts svf M rs = [:: 2; 0; 2; 0]. Proof. by vm_compute. Qed.
Example sjf_starts : policy_starts sjf M rs = [:: 2; 0; 0; 2]. Proof. by vm_compute. Qed.
Example fcfs_starts : policy_starts fcfs M rs = [:: 0; 0; 2; 5]. Proof. by vm_compute. Qed.
Example peak_starts : policy_starts smallest_peak M rs = [:: 0; 6; 4; 0].
Proof. by vm_compute. Qed.

Example L1_applies := L1 q_feasible.
Example L2_applies := L2 rs q.
Example L4_applies := L4 q_feasible rs_valid (isT : 0 < M).
Example L4_subset_applies := @L4_subset M P [:: (0, 6); (5, 2)] [:: (3, 3); (1, 4)] rs q
  (perm_refl _) rs_valid isT q_feasible.
Example T1_applies := T1 rs_valid P_le_M (ordered svf) (@served svf) q_feasible.
Example T2_applies := T2 rs_valid P_le_M (ordered svf) (@served svf) q_feasible.
Example T4_applies := T4 rs_valid P_le_M (@served svf) (ordered svf) q_feasible.

Lemma last_svf : 3 < size (order svf). Proof. by vm_compute. Qed.
Example L3_applies := L3 (valid_order svf) (@served svf) last_svf.
Example L3_count_applies := L3_count (valid_order svf) (@served svf) last_svf.
Example T4_wait_applies := T4_wait P_le_M (@served svf) (valid_order svf) last_svf.

(* T3: requests with prompts of at least half the output. *)
Definition rs3 : seq request := [:: (2, 4); (3, 2); (4, 3)].
Lemma rs3_valid : valid P rs3. Proof. by []. Qed.
Lemma rs3_feasible : feasible M rs3 (nth 0 [:: 0; 4; 6]).
Proof. by apply: keeps_budget_spec; vm_compute. Qed.
Example T3_applies := @T3 M P 1 2 rs3 (stable_order svf rs3) _ _ rs3_valid P_le_M isT isT
  (stable_by_rank svf rs3)
  (starts_head_of_line (order_valid (stable_by_rank svf rs3) rs3_valid) P_le_M) rs3_feasible.

(* A, B and B4: the order of shortest output has distortion 21/13 < (13/10)^2 here. *)
Definition lambda : rat := (21%:R / 13%:R)%R.
Definition r : rat := (13%:R / 10%:R)%R.
Lemma r_ge1 : (1 <= r)%R. Proof. by []. Qed.
Lemma lambda_ge1 : (1 <= lambda)%R. Proof. by []. Qed.
Lemma lambda_le : (lambda <= r ^+ 2)%R. Proof. by []. Qed.
Lemma sjf_distorted : distortion lambda (order sjf).
Proof.
have sz : size (order sjf) = 4 by vm_compute.
move=> i j ij; rewrite sz => j4.
by move: i j ij j4 => [|[|[|i]]] [|[|[|[|j]]]] //; vm_compute.
Qed.
Example A_applies := A r_ge1 lambda_le sjf_distorted.
Example A_squared_applies := A_squared lambda_ge1 sjf_distorted.
Example B_applies := B r_ge1 lambda_le rs_valid P_le_M (ordered sjf)
  sjf_distorted (@served sjf) q_feasible.
Example B4_applies := B4 r_ge1 lambda_le rs_valid P_le_M (ordered sjf)
  sjf_distorted (@served sjf) q_feasible.

(* 1-bit SVF with T = 16. *)
Lemma rs_short : all (outputs_to (2 * 2 * (2 * 2))) rs. Proof. by []. Qed.
Example one_bit_applies := @one_bit_sqrt 2 isT M P rs (order (one_bit 2)) (p (one_bit 2)) q rs_valid
  P_le_M rs_short (ordered (one_bit 2)) (@served (one_bit 2)) q_feasible.

(* The classes of the corollaries: peaks up to 7/12 of the memory, below 3/5. *)
Lemma rs_class x : x \in rs ->
  0 < output x /\ ((peak x)%:R <= 3%:R / 5%:R * M%:R :> rat)%R.
Proof. by rewrite !inE => /or4P[] /eqP->. Qed.
Example five_at_three_fifths_applies :=
  five_at_three_fifths rs_class (ordered svf) (@served svf) q_feasible.

(* C: the schedule exists, and by evaluation: what runs (start, position) and what waits. *)
Example C_finishes_applies := C_finishes rs_valid P_le_M (ordered sjf).
Example C_applies p' (finishes : final_starts M (order sjf) p') :=
  C rs_valid P_le_M (ordered sjf) finishes q_feasible r_ge1 lambda_le sjf_distorted.
Example C_one_bit_applies p' (finishes : final_starts M (order (one_bit 2)) p') :=
  C_one_bit (isT : 0 < 2) rs_valid P_le_M rs_short (ordered (one_bit 2)) finishes q_feasible.
Example restart_starts : state M (order sjf) 0 = ([:: (0, 0); (0, 1); (0, 2)], [:: 3]).
Proof. by vm_compute. Qed.
Example restart_evicts : state M (order sjf) 1 = ([:: (0, 0); (0, 1)], [:: 2; 3]).
Proof. by vm_compute. Qed.
