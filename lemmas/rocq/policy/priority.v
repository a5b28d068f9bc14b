(* Priority policies (theory.md, section 1): a rank on requests puts them in order, smallest
   first.  Ties may fall either way, so that what is proved holds for every rule for ties. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

Definition rank_order (rank : request -> nat) : rel request := fun x y => rank x <= rank y.

(* order holds the requests rs, by rank. *)
Definition by_rank rank (rs order : seq request) :=
  perm_eq order rs && sorted (rank_order rank) order.

(* The order in which ties go by position. *)
Definition stable_order rank (rs : seq request) := sort (rank_order rank) rs.

Lemma stable_by_rank rank rs : by_rank rank rs (stable_order rank rs).
Proof.
rewrite /by_rank /stable_order perm_sort perm_refl /=.
by apply: sort_sorted => x y; apply: leq_total.
Qed.

(* A list that is in order already: every tie rule is the stable one, for a suitable list. *)
Lemma stable_sorted rank rs : sorted (rank_order rank) rs -> stable_order rank rs = rs.
Proof. by apply: sorted_sort => y x z; apply: leq_trans. Qed.

(* A schedule of rs is one of the requests in order, with the same cost. *)
Lemma reorder M (rs order : seq request) q : perm_eq order rs -> feasible M rs q ->
  exists q', feasible M order q' /\ cost order q' = cost rs q.
Proof.
move=> /(perm_iotaP (0, 0))[is_ pe se] hq.
have sz : size is_ = size rs by rewrite (perm_size pe) size_iota.
have so : size order = size rs by rewrite se size_map.
have ne j : j < size rs -> req order j = req rs (nth 0 is_ j).
  by move=> jn; rewrite /req se (nth_map 0) // sz.
have sw (F : nat -> nat) : \sum_(j < size rs) F (nth 0 is_ j) = \sum_(i < size rs) F i.
  rewrite -(big_mkord xpredT (fun j => F (nth 0 is_ j))) -(big_mkord xpredT F) -{1}sz.
  by rewrite -(big_nth 0 xpredT F) (perm_big _ pe) /= /index_iota subn0.
exists (fun j => q (nth 0 is_ j)); split.
  move=> t; rewrite /load so.
  rewrite (eq_bigr (fun j : 'I_(size rs) => occ rs q (nth 0 is_ j) t)); last first.
    by move=> j _; rewrite /occ ne.
  by rewrite (sw (fun i => occ rs q i t)); apply: hq.
rewrite /cost so.
rewrite (eq_bigr (fun j : 'I_(size rs) =>
  q (nth 0 is_ j) + output (req rs (nth 0 is_ j)))); last by move=> j _; rewrite ne.
by rewrite (sw (fun i => q i + output (req rs i))).
Qed.

(* Serving requests in the order of their rank, head-of-line, costs at most c times what any
   feasible schedule costs, as long as no peak exceeds alpha times the memory. *)
Definition competitive rank (alpha c : rat) := forall M (rs order : seq request) p q,
  (forall x, x \in rs -> 0 < output x /\ ((peak x)%:R <= alpha * M%:R)%R) ->
  by_rank rank rs order -> head_of_line M order p -> feasible M rs q ->
  ((cost order p)%:R <= c * (cost rs q)%:R)%R.

Section Facts.
Variables (rank : request -> nat) (rs order : seq request).
Hypothesis ordered : by_rank rank rs order.

Lemma rank_sorted i j : i <= j -> j < size order -> rank (req order i) <= rank (req order j).
Proof.
case/andP: ordered => _ st ij jn.
have tr : transitive (rank_order rank) by move=> y x z; apply: leq_trans.
have rf : reflexive (rank_order rank) by move=> x; apply: leqnn.
have := sorted_leq_nth tr rf (0, 0) st => h.
by apply: (h i j); rewrite ?inE // (leq_ltn_trans ij).
Qed.

Lemma order_perm : perm_eq order rs.
Proof. by case/andP: ordered. Qed.

Lemma order_size : size order = size rs.
Proof. by case/andP: ordered => /perm_size. Qed.

Lemma order_valid P : valid P rs -> valid P order.
Proof. by case/andP: ordered => /perm_all h _; rewrite /valid h. Qed.
End Facts.

(* A larger bound and a smaller class are easier. *)
Lemma competitive_weaken rank (alpha alpha' c c' : rat) : (alpha' <= alpha)%R -> (c <= c')%R ->
  competitive rank alpha c -> competitive rank alpha' c'.
Proof.
move=> aa cc hc M rs order p q hv ho hp hq.
apply: (@le_trans _ _ (c * (cost rs q)%:R)%R); last by rewrite ler_wpmul2r ?ler0n.
apply: hc ho hp hq => x /hv[h1 h2]; split=> //.
by apply: le_trans h2 _; rewrite ler_wpmul2r ?ler0n.
Qed.

(* The largest peak stands for the class. *)
Lemma competitive_peak rank (alpha c : rat) : (0 <= alpha < 1)%R ->
  (forall M P (rs order : seq request) p q, P <= M -> (P%:R <= alpha * M%:R)%R -> valid P rs ->
     by_rank rank rs order -> head_of_line M order p -> feasible M rs q ->
     ((cost order p)%:R <= c * (cost rs q)%:R)%R) ->
  competitive rank alpha c.
Proof.
move=> /andP[a0 a1] h M rs order p q hv ho hp hq; pose P := \max_(x <- rs) peak x.
have PM : (P%:R <= alpha * M%:R :> rat)%R.
  rewrite /P big_seq; elim/big_ind: _; first by rewrite mulr_ge0 ?ler0n.
    by move=> x y hx hy; rewrite /maxn; case: ifP.
  by move=> x /hv[].
apply: (h M P) ho hp hq => //.
  by rewrite -(ler_nat rat_numDomainType); apply: le_trans PM _; rewrite ler_pimull ?ler0n // ltW.
apply/allP => x xr; have [-> _] := hv x xr; rewrite /P /=.
by rewrite (big_rem x xr) /= leq_maxl.
Qed.
