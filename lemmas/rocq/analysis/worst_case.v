(* Tools for bad instances: what a head-of-line schedule cannot avoid, and schedules that are
   feasible because they run in batches. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority scheduler.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

Section HeadOfLine.
Variables (M : nat) (rs : seq request) (p : schedule).
Hypothesis served : head_of_line M rs p.

Lemma starts_in_order i j : i <= j -> j < size rs -> p i <= p j.
Proof.
move=> ij; rewrite -(subnK ij); move: (j - i) => d {ij}.
elim: d => // d IH; rewrite addSn => h; apply: leq_trans (IH (ltnW h)) _.
by have [] := served h.
Qed.

(* By p_j + L everything up to j has completed, so the memory had room for it. *)
Lemma volume_wait j L : j < size rs -> (forall i, i <= j -> output (req rs i) <= L) ->
  Vol rs j.+1 <= M * (p j + L).
Proof.
move=> jn short; have hf := head_of_line_feasible served.
apply: (@leq_trans (\sum_(1 <= t < (p j + L).+1) load rs p (size rs) t)); last first.
  apply: leq_trans (_ : \sum_(1 <= t < (p j + L).+1) M <= _).
    by apply: leq_sum => t _; apply: hf.
  by rewrite sum_nat_const_nat subn1 mulnC.
apply: leq_trans (_ : \sum_(1 <= t < (p j + L).+1) load rs p j.+1 t <= _); last first.
  by apply: leq_sum => t _; apply: load_mono.
rewrite exchange_big /=; apply: leq_sum => i _; rewrite occ_sum_eq //.
have ij : i <= j by rewrite -ltnS.
by apply: leq_add; [apply: starts_in_order|apply: short].
Qed.
End HeadOfLine.

(* Request i runs in batch g i; batch a starts at b a, is over by b (a + 1), and its peaks fit. *)
Lemma batches_feasible M rs (g b : nat -> nat) :
  {homo b : a a' / a <= a'} ->
  (forall i, i < size rs -> b (g i) + output (req rs i) <= b (g i).+1) ->
  (forall a, \sum_(i < size rs | g i == a) peak (req rs i) <= M) ->
  feasible M rs (fun i => b (g i)).
Proof.
move=> mono over fit t; rewrite /load.
have running i : i < size rs -> occ rs (fun i => b (g i)) i t != 0 -> b (g i) < t <= b (g i).+1.
  move=> hi; rewrite /occ /held; case: ifP => // /andP[h1 h2] _.
  by rewrite h1 (leq_trans h2) // over.
case: (boolP [forall i : 'I_(size rs), occ rs (fun i => b (g i)) i t == 0]) => [/forallP idle|].
  by rewrite big1 // => i _; apply/eqP.
rewrite negb_forall => /existsP[j /(running _ (ltn_ord j)) /andP[j1 j2]].
apply: leq_trans (fit (g j)); rewrite [X in _ <= X]big_mkcond /=; apply: leq_sum => i _.
case: ifP => [_|/negP ne].
  rewrite /occ /held /peak; case: ifP => // /andP[_ late].
  by rewrite leq_add2l leq_subLR.
case: (boolP (occ rs (fun i => b (g i)) i t == 0)) => [/eqP->//|].
move=> /(running _ (ltn_ord i)) /andP[i1 i2]; case: ne.
case: (ltngtP (g i) (g j)) => // c.
  by have := leq_trans j1 (leq_trans i2 (mono _ _ c)); rewrite ltnn.
by have := leq_trans i1 (leq_trans j2 (mono _ _ c)); rewrite ltnn.
Qed.

(* At most k positions share a quotient by k. *)
Lemma quotient_count n k a : 0 < k -> \sum_(i < n | i %/ k == a) 1 <= k.
Proof.
move=> k0; rewrite (big_mkcond (fun i : 'I_n => i %/ k == a)) /=.
rewrite -(big_mkord xpredT (fun i => if i %/ k == a then 1 else 0)).
apply: (@leq_trans (\sum_(0 <= i < maxn n (k * a.+1)) if i %/ k == a then 1 else 0)).
  by rewrite [X in _ <= X](@big_cat_nat _ _ _ n) //= ?leq_maxl // leq_addr.
rewrite (@big_cat_nat _ _ _ (k * a)) //=; last first.
  by rewrite (leq_trans _ (leq_maxr _ _)) // leq_mul2l leqnSn orbT.
rewrite big_nat big1 ?add0n; last first.
  by move=> i /andP[_ h]; rewrite ltn_eqF // ltn_divLR // mulnC.
rewrite (@big_cat_nat _ _ _ (k * a.+1)) //= ?leq_maxr //; last by rewrite leq_mul2l leqnSn orbT.
rewrite [X in _ + X]big_nat [X in _ + X]big1 ?addn0; last first.
  move=> i /andP[h _]; rewrite gtn_eqF // ltnNge -ltnS -[_ < a.+1]/(_ < _) ltn_divLR //.
  by rewrite mulnC -leqNgt.
apply: (@leq_trans (\sum_(k * a <= i < k * a.+1) 1)).
  by apply: leq_sum => i _; case: ifP.
by rewrite sum_nat_const_nat muln1 mulnS addnK.
Qed.

(* What a bad instance has to show: whatever head-of-line schedule p the order has, it costs more
   than c times the schedule q. *)
Lemma bad_instance rank (alpha c : rat) M (rs order : seq request) q :
  (alpha <= 1)%R ->
  (forall x, x \in rs -> 0 < output x /\ ((peak x)%:R <= alpha * M%:R)%R) ->
  by_rank rank rs order -> feasible M rs q ->
  (forall p, head_of_line M order p -> (c * (cost rs q)%:R < (cost order p)%:R :> rat)%R) ->
  ~ competitive rank alpha c.
Proof.
move=> a1 hv ho hq bad h.
have v : valid M rs.
  apply/allP => x /hv[-> hx] /=; rewrite -(ler_nat rat_numDomainType); apply: le_trans hx _.
  by rewrite ler_pimull ?ler0n.
have hp := starts_head_of_line (order_valid ho v) (leqnn M).
by have := lt_le_trans (bad _ hp) (h M rs order _ q hv ho hp hq); rewrite ltxx.
Qed.

Lemma above (c : rat) : exists m : nat, (c <= m%:R)%R.
Proof.
exists (Num.bound `|c|%R); apply: le_trans (ler_norm c) _.
by rewrite ltW // archi_boundP.
Qed.

(* A class that holds peaks up to 1/k of the memory. *)
Lemma below (alpha : rat) : (0 < alpha)%R -> exists2 k : nat, 0 < k & (1 <= alpha * k%:R)%R.
Proof.
move=> a0; have [k hk] := above (alpha^-1)%R; exists k.
  by rewrite -(ltr0n rat_numDomainType); apply: lt_le_trans hk; rewrite invr_gt0.
by rewrite mulrC -ler_pdivr_mulr // mul1r.
Qed.

(* With natural numbers: peaks at most P with k P <= M, where 1/k <= alpha, and ratio above m. *)
Lemma bad_instance_nat rank (alpha c : rat) k m M P (rs order : seq request) q :
  (alpha <= 1)%R -> (1 <= alpha * k%:R)%R -> (c <= m%:R)%R ->
  valid P rs -> k * P <= M ->
  by_rank rank rs order -> feasible M rs q ->
  (forall p, head_of_line M order p -> m * cost rs q < cost order p) ->
  ~ competitive rank alpha c.
Proof.
move=> a1 ak cm hv kPM ho hq bad; apply: (@bad_instance rank alpha c M rs order q) => //.
  have a0 : (0 <= alpha)%R.
    rewrite leNgt; apply/negP => neg.
    suff : (1 <= 0 :> rat)%R by [].
    by apply: le_trans ak _; rewrite nmulr_rle0 // ler0n.
  move=> x xr; have /andP[-> hx] := allP hv x xr; split=> //.
  apply: (@le_trans _ _ (alpha * (k * P)%:R)%R); last by rewrite ler_wpmul2l // ler_nat.
  rewrite natrM mulrA; apply: (@le_trans _ _ (1 * P%:R)%R); first by rewrite mul1r ler_nat.
  by rewrite ler_wpmul2r // ler0n.
move=> p hp; apply: le_lt_trans (_ : (_ <= m%:R * (cost rs q)%:R)%R) _.
  by rewrite ler_wpmul2r ?ler0n.
by rewrite -natrM ltr_nat; apply: bad.
Qed.
