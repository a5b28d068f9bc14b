(* What implementation/binary.v accepts is a counterexample: the entries are the policy's schedule,
   and the other starts a cheaper one. *)
From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority ranks backfill.
From kvcr.implementation Require Import binary grounds.
Delimit Scope N_scope with num.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

(* ---------- the two admission rules ---------- *)

Section Rules.
Variables (M : N) (all_ : seq entry).
Notation order := (map as_request all_).
Notation p := (nth 0 (map begins all_)).

Let req_at before x rest : all_ = before ++ x :: rest ->
  [/\ size before < size order, req order (size before) = as_request x
    & p (size before) = begins x].
Proof.
move=> ->; rewrite !map_cat /req !size_cat /= !size_map addnS ltnS leq_addr.
by rewrite !nth_cat !size_map ltnn subnn.
Qed.

Let occ_at i u : i < size all_ -> occ order p i u = held_by u (nth (0, 0, 0)%num all_ i).
Proof. by move=> h; rewrite /occ /req (nth_map (0, 0, 0)%num) // (nth_map (0, 0, 0)%num). Qed.

Let load_at before rest u : all_ = before ++ rest ->
  load order p (size before) u = held_all before u.
Proof.
move=> e; rewrite /held_all (big_nth (0, 0, 0)%num) big_mkord; apply: eq_bigr => i _.
by rewrite occ_at e ?nth_cat ?ltn_ord // size_cat ltn_addr.
Qed.

Lemma head_of_line_upto_snoc before rest from why :
  all_ = before ++ rest -> head_of_line_upto (size before) (nat_of M) order p ->
  prev p (size before) = nat_of from -> in_order M before from rest why ->
  head_of_line (nat_of M) order p.
Proof.
elim: rest before from why => [|x rest IH] before from why e done pf /=.
  by move=> _; move: done; rewrite /head_of_line size_map e cats0.
case: why => // w ws /and4P[late here not_before more].
have [jn ex px] := req_at e.
apply: (IH (rcons before x) (start x) ws _ _ _ more); rewrite ?cat_rcons ?size_rcons //=.
move=> j; rewrite ltnS leq_eqVlt => /orP[/eqP->|]; last exact: done.
rewrite pf px /fits ex; split; first by rewrite -leN.
- apply/allP => k; rewrite mem_iota add1n ltnS (load_at _ e); exact: fitsP here k.
move=> t /(waitsP not_before)[u _ [k ko over]]; apply/allPn; exists k.
  by rewrite mem_iota add1n ltnS.
by rewrite -ltnNge (load_at _ e).
Qed.

Let held_seen before rest t u : held_all (seen_beside before rest t) u =
  \sum_(y <- before) (if begins y <= nat_of t then held_by u y else 0) +
  \sum_(y <- rest) (if begins y < nat_of t then held_by u y else 0).
Proof.
rewrite /held_all big_cat /= !big_filter; congr (_ + _); rewrite big_mkcond;
  apply: eq_bigr => y _; by rewrite ?leN ?ltN.
Qed.

Let seen_mono before rest t t' u : nat_of t <= nat_of t' ->
  held_all (seen_beside before rest t) u <= held_all (seen_beside before rest t') u.
Proof.
move=> tt; rewrite !held_seen leq_add // leq_sum // => y _; case: ifP => // h.
  by rewrite (leq_trans h tt).
by rewrite (leq_trans h tt).
Qed.

Let load_seen before x rest t u : all_ = before ++ x :: rest -> nat_of t <= begins x ->
  \sum_(i < size order | seen p (size before) (nat_of t) i) occ order p i u
  = held_all (seen_beside before rest t) u.
Proof.
move=> e tx; set j := size before; pose y0 : entry := (0, 0, 0)%num.
have sz : size order = (j + 1 + size rest) by rewrite size_map e size_cat /= addn1 addSnnS.
have term i : i < size order -> occ order p i u = held_by u (nth y0 all_ i).
  by rewrite size_map => h; rewrite occ_at.
have pi i : i < size order -> p i = begins (nth y0 all_ i).
  by rewrite size_map => h; rewrite (nth_map y0).
rewrite big_mkcond /=.
rewrite -(big_mkord xpredT (fun i => if seen p j (nat_of t) i then occ order p i u else 0)).
rewrite sz (@big_cat_nat _ _ _ j) ?leq_addr -?addnA ?leq_addr //= held_seen.
rewrite (big_nth y0) [X in _ = _ + X](big_nth y0).
rewrite [X in _ + X]big_ltn ?addnA ?addn1 ?ltnS ?leq_addr //.
have -> : seen p j (nat_of t) j = false.
  by have [_ _ pj] := req_at e; rewrite /seen ltnn andbF orbF pj ltnNge tx.
rewrite addn0 -{1}[j.+1]add0n big_addn addKn; congr (_ + _); rewrite big_nat [RHS]big_nat.
  apply: eq_bigr => i /andP[_ ij]; have iN : i < size order.
    by rewrite sz -addnA ltn_addr.
  have en : nth y0 all_ i = nth y0 before i by rewrite e nth_cat ij.
  by rewrite /seen ij andbT term // pi // en orbC -leq_eqVlt.
apply: eq_bigr => i /andP[_ ir]; have iN : i + j.+1 < size order.
  by rewrite sz addn1 addnC ltn_add2l.
have en : nth y0 all_ (i + j.+1) = nth y0 rest i.
  by rewrite e nth_cat ltnNge addnS leqW ?leq_addl //= subSn ?leq_addl // addnK.
by rewrite /seen term // pi // en [_ < j]ltnNge addnS leqW ?leq_addl //= andbF orbF.
Qed.

Lemma backfill_snoc before rest why : all_ = before ++ rest -> in_backfill M before rest why ->
  forall j, size before <= j < size order ->
    fits_beside (nat_of M) order p j (p j) /\
    forall t, t < p j -> ~~ fits_beside (nat_of M) order p j t.
Proof.
elim: rest before why => [|x rest IH] before why e /=.
  by move=> _ j; rewrite size_map e cats0 ltnNge andbN.
case: why => // w ws /and3P[here not_before more] j /andP[].
have [jn ex px] := req_at e.
rewrite leq_eqVlt => /orP[/eqP<- _|js jN]; last first.
  by apply: (IH (rcons before x) ws); rewrite ?cat_rcons // size_rcons js.
rewrite px; split.
  apply/allP => k; rewrite mem_iota add1n ltnS ex => ko.
  by rewrite (load_seen _ e) //; apply: (fitsP here).
move=> t tx; have [|u ut [k ko over]] := waitsP not_before (_ : nat_of 0 <= t < begins x).
  by [].
apply/allPn; exists k; rewrite ex ?mem_iota ?add1n ?ltnS // -ltnNge.
rewrite -[t]Nnat.Nat2N.id (load_seen _ e) ?Nnat.Nat2N.id; last exact: ltnW.
apply: leq_trans over _; rewrite leq_add2r; apply: seen_mono.
by rewrite Nnat.Nat2N.id.
Qed.
End Rules.

Lemma head_of_line_checked M l why : in_order M [::] 0 l why ->
  head_of_line (nat_of M) (map as_request l) (nth 0 (map begins l)).
Proof. exact: (@head_of_line_upto_snoc M l [::]). Qed.

Lemma backfill_checked M l why : in_backfill M [::] l why ->
  backfill (nat_of M) (map as_request l) (nth 0 (map begins l)).
Proof. by move=> h j jn; apply: (@backfill_snoc M l [::] l why). Qed.

(* ---------- ranks and costs ---------- *)

Notation reads key rank :=
  (forall x y, (key x <=? key y)%num = rank_order rank (as_request x) (as_request y)).

Lemma svf_reads : reads svf_key svf.
Proof.
move=> x y; rewrite leN /rank_order /svf -[RHS]leq_double !volume_double /svf_key.
by rewrite !(addN, mulN) -!mul2n !addn1.
Qed.

Lemma sjf_reads : reads sjf_key sjf. Proof. by move=> x y; rewrite leN. Qed.
Lemma fcfs_reads : reads fcfs_key fcfs. Proof. by []. Qed.
Lemma smallest_peak_reads : reads smallest_peak_key smallest_peak.
Proof. by move=> x y; rewrite leN !addN. Qed.

Lemma rankedP key rank l : reads key rank -> ranked key l ->
  by_rank rank (map as_request l) (map as_request l).
Proof.
move=> h hl; rewrite /by_rank perm_refl /= sorted_map.
by rewrite (eq_sorted (e' := fun x y => (key x <=? key y)%num)) // => x y; rewrite /= h.
Qed.

Lemma latencyN l : nat_of (latency l) = cost (map as_request l) (nth 0 (map begins l)).
Proof.
rewrite /cost size_map.
transitivity (\sum_(x <- l) finishes x).
  by elim: l => [|x l IH] /=; rewrite ?big_nil // big_cons addN completionN IH.
rewrite (big_nth (0, 0, 0)%num) big_mkord; apply: eq_bigr => i _.
by rewrite /req (nth_map (0, 0, 0)%num) // (nth_map (0, 0, 0)%num).
Qed.

(* ---------- the verdict ---------- *)

Section Verdict.
Variables (M : N) (l : seq entry) (good : seq N) (a b num den : nat).
Hypothesis is_worse : worse (N.of_nat a) (N.of_nat b) (N.of_nat num) (N.of_nat den) M l good.
Notation rs := (map as_request l).
Notation p := (nth 0 (map begins l)).
Notation q := (nth 0 (map nat_of good)).

Let b0 : 0 < b.
Proof. by case/and5P: is_worse; rewrite ltN Nnat.Nat2N.id. Qed.
Let d0 : 0 < den.
Proof. by case/and5P: is_worse; rewrite !ltN !Nnat.Nat2N.id. Qed.

Let small x : x \in rs -> 0 < output x /\ ((peak x)%:R <= a%:R / b%:R * (nat_of M)%:R :> rat)%R.
Proof.
case/and5P: is_worse => _ _ _ _ /andP[/allP h _] /mapP[e /h].
rewrite ltN leN !mulN !addN !Nnat.Nat2N.id => /andP[o0 hx] ->; split=> //.
by rewrite mulrAC ler_pdivl_mulr ?ltr0n // -!natrM ler_nat.
Qed.

Let moved_good : map as_request (moved l good) = rs /\ map begins (moved l good) = map nat_of good.
Proof.
case/and5P: is_worse => _ _ _ /eqP sz _; rewrite /moved -!map_comp.
have e1 : [seq x.1 | x <- zip l good] = l by apply: unzip1_zip; rewrite sz.
have e2 : [seq x.2 | x <- zip l good] = good by apply: unzip2_zip; rewrite sz.
split; first by rewrite -[in RHS]e1 -map_comp.
by rewrite -[in RHS]e2 -map_comp.
Qed.

Let good_feasible : feasible (nat_of M) rs q.
Proof.
case/and5P: is_worse => _ _ _ _ /and3P[_ /withinP h _] u; have [er eb] := moved_good.
rewrite -er -eb; apply: leq_trans (h u).
rewrite /load size_map /held_all (big_nth (0, 0, 0)%num) big_mkord; apply: leq_sum => i _.
by rewrite /occ /req !(nth_map (0, 0, 0)%num).
Qed.

Let cheaper : num * cost rs q < den * cost rs p.
Proof.
case/and5P: is_worse => _ _ _ _ /and3P[_ _]; rewrite ltN !mulN !Nnat.Nat2N.id !latencyN.
by have [-> ->] := moved_good.
Qed.

Let too_good : ~ ((cost rs p)%:R <= num%:R / den%:R * (cost rs q)%:R :> rat)%R.
Proof.
move=> h; move: h; rewrite mulrAC ler_pdivl_mulr ?ltr0n // -!natrM ler_nat leqNgt.
by rewrite [X in _ < X]mulnC cheaper.
Qed.

Theorem head_of_line_refuted key rank why : reads key rank -> ranked key l ->
  in_order M [::] 0 l why -> ~ competitive rank (a%:R / b%:R) (num%:R / den%:R).
Proof.
move=> hk /(rankedP hk) ho /head_of_line_checked hp h.
exact: too_good (h _ _ _ _ _ small ho hp good_feasible).
Qed.

Theorem backfill_refuted key rank why : reads key rank -> ranked key l ->
  in_backfill M [::] l why -> ~ backfill_competitive rank (a%:R / b%:R) (num%:R / den%:R).
Proof.
move=> hk /(rankedP hk) ho /backfill_checked hp h.
exact: too_good (h _ _ _ _ _ small ho hp good_feasible).
Qed.
End Verdict.
