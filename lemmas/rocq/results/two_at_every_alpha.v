(* No head-of-line policy has a ratio below 2, at any alpha (theory.md, section 2, Below).  All
   requests are alike, so that the rank does not matter: batches of m, where a staggered schedule
   keeps 2m - 1 running. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic thresholds rational.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority.
From kvcr.analysis Require Import worst_case.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

(* One request started at each step: together they hold at most its volume. *)
Lemma staggered x n t : \sum_(i < n) held x i t <= volume x.
Proof.
apply: (@leq_trans (\sum_(i < t) held x 0 (t - i))).
  rewrite -(big_mkord xpredT (fun i => held x i t)) -(big_mkord xpredT (fun i => held x 0 (t - i))).
  apply: (@leq_trans (\sum_(0 <= i < maxn n t) held x i t)).
    by rewrite [X in _ <= X](@big_cat_nat _ _ _ n) //= ?leq_maxl // leq_addr.
  rewrite (@big_cat_nat _ _ _ t) //= ?leq_maxr //.
  rewrite [X in _ + X]big_nat [X in _ + X]big1 ?addn0; last first.
    by move=> i /andP[h _]; rewrite /held ltnNge h.
  rewrite big_nat [X in _ <= X]big_nat; apply: leq_sum => i /andP[_ it].
  by rewrite /held subn_gt0 it add0n subn0 leq_subLR.
rewrite -(big_mkord xpredT (fun i => held x 0 (t - i))) big_nat_rev /= add0n.
have -> : \sum_(0 <= i < t) held x 0 (t - (t - i.+1)) = \sum_(1 <= u < t.+1) held x 0 u.
  rewrite big_add1 /= big_nat [RHS]big_nat; apply: eq_bigr => i /andP[_ it].
  by rewrite subKn.
rewrite held_sum volume_sum subn0; set o := output x.
by rewrite [X in _ <= X](@big_cat_nat _ _ _ (minn t o).+1) //= ?leq_addr // ltnS geq_minr.
Qed.

Section Alike.
Variables m N : nat.
Hypothesis m0 : 0 < m.
Let L := (2 * m).-1.
Let M := m * L.
Let n := m * N.
Let rs : seq request := nseq n (0, L).

Let L_gt0 : 0 < L. Proof. by rewrite /L; move: m0; clear; case: m => // k _; rewrite mul2n. Qed.

Let same i : i < n -> req rs i = (0, L).
Proof. by move=> h; rewrite /req nth_nseq h. Qed.

Let size_rs : size rs = n. Proof. exact: size_nseq. Qed.

Let waits i := i %/ m * L.

Let occ_waits i t : i < n -> occ rs waits i t = held (0, L) (waits i) t.
Proof. by move=> h; rewrite /occ same. Qed.

(* In batch a, after r of its requests. *)
Let load_batch a r t : r <= m -> a * m + r <= n -> a * L < t <= a.+1 * L ->
  load rs waits (a * m + r) t = r * (t - a * L).
Proof.
move=> rm jn /andP[t1 t2]; rewrite /load big_split_ord /= big1 ?add0n.
  rewrite (eq_bigr (fun _ => t - a * L)) ?sum_nat_const ?card_ord // => i _.
  have im := leq_trans (ltn_ord i) rm.
  rewrite occ_waits; last by apply: leq_trans jn; rewrite ltn_add2l.
  rewrite /waits divnMDl // divn_small // addn0 /held t1 /= addnC -mulSn t2.
  by rewrite add0n.
move=> i _; have ia : i %/ m < a by rewrite ltn_divLR.
rewrite occ_waits; last by apply: leq_trans jn; apply: leq_trans (ltn_ord i) (leq_addr _ _).
rewrite /held; case: ifP => // /andP[_ late] /=.
have := leq_trans t1 late; rewrite ltnNge /waits -mulSnr.
by rewrite leq_mul2r ia orbT.
Qed.

Let waits_at a r : r < m -> waits (a * m + r) = a * L.
Proof. by move=> rm; rewrite /waits divnMDl // divn_small // addn0. Qed.

(* Batch after batch: nothing fits until the batch before is over. *)
Let waits_served : head_of_line M rs waits.
Proof.
move=> j; rewrite size_rs => jn; pose a := j %/ m; pose r := j %% m.
have ja : j = a * m + r by apply: divn_eq.
have rm : r < m by rewrite ltn_mod.
have [sj oj] : prompt (req rs j) = 0 /\ output (req rs j) = L by rewrite same.
have wj : waits j = a * L by [].
have fit : fits M rs waits j (waits j).
  rewrite /fits oj sj; apply/allP => k; rewrite mem_iota add1n ltnS => /andP[k0 kL].
  have -> : load rs waits j (waits j + k) = r * k.
    rewrite wj ja load_batch ?addKn // -?ja ?(ltnW rm) // ?(ltnW jn) //.
    by rewrite -{1}[a * L]addn0 ltn_add2l k0 mulSnr leq_add2l.
  by rewrite add0n -mulSnr; apply: leq_mul.
case: (posnP r) => r0; last first.
  have pr : prev waits j = a * L.
    have -> : j = (a * m + r.-1).+1 by rewrite -addnS prednK.
    by rewrite /= waits_at // (leq_ltn_trans (leq_pred r)).
  split=> //; first by rewrite pr wj.
  by move=> q; rewrite pr wj => /andP[h1 h2]; move: (leq_ltn_trans h1 h2); rewrite ltnn.
case: (posnP a) => a0.
  split=> //; first by rewrite ja a0 r0.
  by move=> q; rewrite wj a0 mul0n ltn0 andbF.
have [b ab] : exists b, a = b.+1 by exists a.-1; rewrite prednK.
have jb : j = b * m + m by rewrite ja r0 addn0 ab mulSnr.
have pr : prev waits j = b * L.
  have -> : j = (b * m + m.-1).+1 by rewrite -addnS prednK.
  by rewrite /= waits_at // prednK.
split=> //; first by rewrite pr wj ab leq_mul2r leqnSn orbT.
move=> q /andP[q1 q2]; apply/allPn; exists (a * L - q).
  rewrite wj in q2; rewrite mem_iota add1n ltnS subn_gt0 q2 oj leq_subLR.
  by rewrite pr in q1; apply: (@leq_trans (b * L + L)); rewrite ?leq_add2r // ab mulSnr.
rewrite wj in q2; rewrite sj subnKC ?(ltnW q2) // jb load_batch -?jb //; last 2 first.
- exact: ltnW.
- by rewrite ab leqnn ltn_mul2r L_gt0 leqnn.
by rewrite ab mulSnr addKn add0n -ltnNge -[X in X < _]addn0 ltn_add2l subn_gt0 -mulSnr -ab.
Qed.

Let waits_cost : 2 * cost rs waits = m * L * (N * N.+1).
Proof.
have -> : cost rs waits = \sum_(i < m * N) (i %/ m).+1 * L.
  by rewrite /cost size_rs; apply: eq_bigr => i _; rewrite same // mulSnr.
rewrite (sum_div _ (fun a => a.+1 * L)) // -big_distrl /=.
have : (\sum_(a < N) a.+1) * 2 = N * N.+1 by rewrite -sum_to big_add1 big_mkord.
by move: (\sum_(a < N) a.+1) => S <-; ring.
Qed.

(* One at each step. *)
Let staggered_feasible : feasible M rs id.
Proof.
move=> t; rewrite /load size_rs (eq_bigr (fun i : 'I_n => held (0, L) i t)); last first.
  by move=> i _; rewrite /occ same.
apply: leq_trans (staggered _ _ _) _.
have L1 : L.+1 = 2 * m by rewrite /L prednK // muln_gt0.
by rewrite -leq_double volume_double /= mul0n add0n L1 /M -muln2; apply: eq_leq; ring.
Qed.

Let staggered_cost : 2 * cost rs id <= m * N * (m * N + 2 * L).
Proof.
rewrite /cost size_rs (eq_bigr (fun i : 'I_n => i + L)); last by move=> i _; rewrite same.
rewrite big_split /= sum_nat_const card_ord -(big_mkord xpredT (fun i => i)).
have double S k l : S * 2 <= k * k -> 2 * (S + k * l) <= k * (k + 2 * l) by clear; snia.
apply: double; case: n => [|k]; first by rewrite big_geq.
have -> : \sum_(0 <= i < k.+1) i = \sum_(1 <= i < k.+1) i by rewrite big_ltn.
by rewrite sum_to mulnC leq_mul.
Qed.

Lemma alike rank : [/\ valid L rs, m * L <= M, by_rank rank rs rs, feasible M rs id &
  forall p, head_of_line M rs p ->
    2 * cost rs id <= m * N * (m * N + 2 * L) /\ 2 * cost rs p = m * L * (N * N.+1)].
Proof.
split=> //.
- by rewrite /valid all_nseq /= L_gt0 leqnn orbT.
- rewrite /by_rank perm_refl /rs; elim: (n) => //= k IH.
  by rewrite path_min_sorted // all_nseq /rank_order leqnn orbT.
move=> p hp; split=> //; rewrite -waits_cost; congr (2 * _); apply: eq_bigr => i _.
by rewrite (head_of_line_unique hp waits_served).
Qed.
End Alike.

Theorem two_at_every_alpha rank (alpha c : rat) :
  (0 < alpha <= 1)%R -> (c < 2%:R)%R -> ~ competitive rank alpha c.
Proof.
move=> /andP[a0 a1] c2; have [k k0 ak] := below a0.
have d0 : (0 < (2%:R - c) / 2%:R)%R by rewrite divr_gt0 ?subr_gt0.
have [l l0 cl] := below d0.
pose m := maxn k l; pose L := (2 * m).-1; pose N := (3 * L).+1.
have m0 : 0 < m by rewrite leq_max k0.
have [hv hM ho hq bad] := alike N m0 rank; rewrite -/L in hv hM ho hq bad.
have L0 : 0 < L by rewrite /L; move: m0; clear; case: (m) => // i _; rewrite mul2n.
apply: (bad_instance a1 _ ho hq) => [x xr|p hp].
  have /andP[-> hx] := allP hv x xr; split=> //; apply: (@le_trans _ _ (L%:R : rat)%R).
    by rewrite (ler_nat rat_numDomainType).
  rewrite natrM mulrA ler_pemull ?ler0n //; apply: le_trans ak _.
  by rewrite ler_wpmul2l ?(ltW a0) // ler_nat leq_maxl.
have [hb hc] := bad p hp.
have mN : (0 < (m * N)%:R :> rat)%R by rewrite ltr0n muln_gt0 m0.
have two : (0 < 2%:R :> rat)%R by [].
rewrite -(ltr_pmul2l two) -[X in (_ < X)%R]natrM hc.
case: (lerP c 0) => c0.
  apply: (@le_lt_trans _ _ 0%R); last by rewrite ltr0n !muln_gt0 m0 L0.
  by rewrite mulr_ge0_le0 // mulr_le0_ge0 // ler0n.
have cm : (c * m%:R <= L%:R - 1)%R.
  have -> : (L%:R - 1 = 2%:R * m%:R - 2%:R :> rat)%R.
    have -> : (L%:R = 2%:R * m%:R - 1 :> rat)%R.
      by rewrite -natrM -[in RHS](prednK (_ : 0 < 2 * m)) ?muln_gt0 // -addn1 natrD addrK.
    by rewrite -addrA -opprD.
  rewrite ler_subr_addr addrC -ler_subr_addr -mulrBl.
  apply: (@le_trans _ _ (2%:R * ((2%:R - c) / 2%:R * l%:R))%R); first by rewrite ler_pmulr.
  rewrite mulrA [(2%:R * _)%R]mulrCA divff // mulr1 ler_wpmul2l ?subr_ge0 ?(ltW c2) //.
  by rewrite ler_nat leq_maxr.
apply: (@le_lt_trans _ _ (c * (m * N * (m * N + 2 * L))%:R)%R).
  by rewrite mulrCA ler_wpmul2l ?(ltW c0) // -natrM ler_nat.
have -> : (m * L * (N * N.+1) = m * N * (L * N.+1)) by ring.
rewrite [in X in (X < _)%R]natrM mulrCA [X in (_ < X)%R]natrM ltr_pmul2l //.
rewrite natrD mulrDr !natrM [(c * (m%:R * _))%R]mulrA.
apply: (@le_lt_trans _ _ ((L%:R - 1) * N%:R + 2%:R * (2%:R * L%:R))%R).
  by apply: ler_add; rewrite ler_wpmul2r ?mulr_ge0 ?ler0n // ltW.
rewrite -(natrB _ L0) subn1 -!natrM -natrD ltr_nat /N.
by move: (L) L0; clear; case=> // i _; snia.
Qed.
