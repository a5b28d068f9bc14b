(* Order distortion (theory.md, section 3): how far a rank is from the order of volumes.  An order
   has distortion lambda when i before j implies v_i <= lambda v_j; 1 is the sorted order. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition distortion (lambda : rat) (order : seq request) := forall i j,
  (i < j)%N -> (j < size order)%N -> (vol order i)%:R <= lambda * (vol order j)%:R.

(* A rank has distortion lambda on a class of requests. *)
Definition rank_distortion (rank : request -> nat) (class : pred request) (lambda : rat) :=
  forall x y, class x -> class y -> (rank x <= rank y)%N ->
    (volume x)%:R <= lambda * (volume y)%:R.

Lemma by_rank_distortion rank class lambda (rs order : seq request) :
  rank_distortion rank class lambda -> all class rs -> by_rank rank rs order ->
  distortion lambda order.
Proof.
move=> hd hc ho i j ij jn.
have hc' : all class order by case/andP: (ho) => /perm_all -> _.
have cl k : (k < size order)%N -> class (req order k) by move/(all_nthP (0%N, 0%N)): hc'; apply.
by apply: hd; [apply: cl; apply: ltn_trans jn|apply: cl|apply: (rank_sorted ho) => //; apply: ltnW].
Qed.

Lemma distortion_weaken lambda lambda' order :
  lambda <= lambda' -> distortion lambda order -> distortion lambda' order.
Proof.
by move=> h hd i j ij jn; apply: le_trans (hd i j ij jn) _; rewrite ler_wpmul2r ?ler0n.
Qed.
