(* Lists of two kinds of request: a of x and then b of y.  The bad families are made of them. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Definition first_then (a : nat) (x : request) b (y : request) := nseq a x ++ nseq b y.

Lemma size_first_then a x b y : size (first_then a x b y) = a + b.
Proof. by rewrite size_cat !size_nseq. Qed.

Lemma req_first_then a x b y i : i < a + b -> req (first_then a x b y) i = if i < a then x else y.
Proof.
move=> hi; rewrite /req nth_cat size_nseq; case: ltnP => h; rewrite nth_nseq ?h //.
by rewrite ltn_subLR // hi.
Qed.

Lemma first_then_by_rank rank a x b y : rank x <= rank y ->
  by_rank rank (first_then b y a x) (first_then a x b y).
Proof.
move=> h; rewrite /by_rank /first_then perm_catC perm_refl /=.
have refl z : rank_order rank z z by apply: leqnn.
elim: a => [|a IH] /=.
  by elim: b => //= b IH; rewrite path_min_sorted // all_nseq refl orbT.
have xy : rank_order rank x y by [].
by rewrite path_min_sorted // all_cat !all_nseq refl xy !orbT.
Qed.

Lemma first_then_valid P a x b y :
  0 < output x -> 0 < output y -> peak x <= P -> peak y <= P -> valid P (first_then a x b y).
Proof. by move=> x0 y0 xP yP; rewrite /valid all_cat !all_nseq x0 y0 xP yP !orbT. Qed.

Lemma sum_first_then a x b y (Q : pred nat) (F : nat -> request -> nat) :
  let rs := first_then a x b y in
  \sum_(i < size rs | Q i) F i (req rs i)
  = \sum_(i < a | Q i) F i x + \sum_(i < b | Q (a + i)) F (a + i) y.
Proof.
move=> rs; rewrite /rs size_first_then big_split_ord /=; congr (_ + _).
  by apply: eq_bigr => i _; rewrite req_first_then ?ltn_ord // ltn_addr.
by apply: eq_bigr => i _; rewrite req_first_then ?ltn_add2l // ltnNge leq_addr.
Qed.

Lemma cost_first_then a x b y p : cost (first_then a x b y) p
  = \sum_(i < a) (p i + output x) + \sum_(i < b) (p (a + i) + output y).
Proof. exact: (sum_first_then a x b y xpredT (fun i z => p i + output z)). Qed.

Lemma Vol_first_then a x b y i : i < b -> a * volume x <= Vol (first_then a x b y) (a + i).+1.
Proof.
move=> ib; rewrite /Vol -(big_mkord xpredT (fun j => vol (first_then a x b y) j)).
rewrite (@big_cat_nat _ _ _ a) //=; last by rewrite -addnS leq_addr.
apply: leq_trans (leq_addr _ _); rewrite big_nat (eq_bigr (fun _ => volume x)) -?big_nat.
  by rewrite sum_nat_const_nat subn0.
by move=> j /andP[_ ja]; rewrite /vol req_first_then ?ja // ltn_addr.
Qed.

(* The second kind waits at least w: what that costs. *)
Lemma second_waits a x b y p w : (forall i, i < b -> w <= p (a + i) + output y) ->
  b * w <= cost (first_then a x b y) p.
Proof.
move=> h; rewrite cost_first_then; apply: leq_trans (leq_addl _ _).
by rewrite -[X in X * _]card_ord -sum_nat_const; apply: leq_sum => i _; apply: h.
Qed.
