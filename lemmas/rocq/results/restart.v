(* C (theory.md, section 3): optimistic admission with restart keeps B's bound with no knowledge of
   lengths beyond the rank.  p is the schedule of the final runs, those in which requests finish. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority distortion ranks restart.
From kvcr.analysis Require Import order_volume ramp own_volume restart_final termination.
From kvcr.results Require Import distortion one_bit.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Restart.
Variables (M P : nat) (rank : request -> nat) (rs order : seq request) (p q : schedule).
Hypothesis requests_valid : valid P rs.
Hypothesis P_le_M : (P <= M)%N.
Hypothesis ordered : by_rank rank rs order.
Hypothesis finishes : final_starts M order p.
Hypothesis other : feasible M rs q.

(* Every request finishes. *)
Theorem C_finishes : exists p', final_starts M order p'.
Proof. exact: restart_finishes (order_valid ordered requests_valid) P_le_M. Qed.

(* p_j D <= 2 V_{j-1}, with the true D = M + 1 - P. *)
Theorem C_wait j : (j < size order)%N -> (p j * (M.+1 - P) <= 2 * Vol order j)%N.
Proof.
move=> jn; have hv := order_valid ordered requests_valid.
by rewrite mul2n; apply: (witnessed_blocking hv (final_witnessed hv finishes) jn).
Qed.

Variables lambda r : rat.
Hypothesis r_ge1 : 1 <= r.
Hypothesis lambda_le : lambda <= r ^+ 2.
Hypothesis distorted : distortion lambda order.

(* max(1 + 4 r M / (3D), 2 r M / D) *)
Theorem C : (cost order p)%:R <=
  Num.max (1 + r * (2%:R * M%:R / (M.+1 - P)%:R) * (1 - 3%:R^-1))
          (r * (2%:R * M%:R / (M.+1 - P)%:R)) * (cost rs q)%:R :> rat.
Proof.
apply: (distorted_ratio r_ge1 lambda_le requests_valid ordered distorted other).
  by rewrite ltr0n subn_gt0 ltnS.
rewrite -natrM ler_nat big_distrr /=; apply: leq_sum => j _.
rewrite mulnC; apply: leq_trans (C_wait (ltn_ord j)) _.
by rewrite mul2n leq_addl.
Qed.
End Restart.

(* One bit suffices: 1-bit SVF with restart, outputs up to T = k^4, costs O(sqrt T) OPT. *)
Theorem C_one_bit k M P (rs order : seq request) (p q : schedule) : (0 < k)%N ->
  valid P rs -> (P <= M)%N -> all (outputs_to (k * k * (k * k))) rs ->
  by_rank (one_bit k) rs order -> final_starts M order p -> feasible M rs q ->
  (cost order p)%:R <=
  Num.max (1 + (k * k)%:R * (2%:R * M%:R / (M.+1 - P)%:R) * (1 - 3%:R^-1))
          ((k * k)%:R * (2%:R * M%:R / (M.+1 - P)%:R)) * (cost rs q)%:R :> rat.
Proof.
move=> k0 hv PM short ho hp hq.
apply: (C hv PM ho hp hq _ _ (by_rank_distortion (one_bit_distortion k0) short ho)).
  by rewrite ler1n muln_gt0 k0.
by rewrite expr2 -natrM.
Qed.

(* T4's waiting bound is false here, so that C has no B4: four times (0, 9) with memory 17 start at
   0, 8, 16 and 24, as each but the last evicts the next one step before it finishes. *)
Theorem no_T4_wait : exists M P order p j,
  [/\ valid P order, (P <= M)%N, final_starts M order p, (j < size order)%N &
      (4 * Vol order j + 2 * vol order j < p j * U4 M P)%N].
Proof.
exists 17%N, 9%N, (nseq 4 (0, 9)%N), (fun j => 8 * j)%N, 3%N; split=> //.
  by move=> [|[|[|[|//]]]] _; [exists 8%N|exists 16%N|exists 24%N|exists 32%N]; vm_compute.
by rewrite /Vol !big_ord_recr big_ord0.
Qed.
