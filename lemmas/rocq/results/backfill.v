(* Smallest volume first with backfill has no constant, at any alpha (theory.md, section 2): see
   analysis/slips_in.v for the family. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority ranks backfill.
From kvcr.analysis Require Import worst_case crowd slips_in.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

Section Costs.
Variables k n L : nat.
Hypothesis k0 : 0 < k.
Hypothesis kL : 2 * k <= L.
Notation N := (N k n).
Notation M := (M k L).
Notation small := (small k L).
Notation large := (large k L).
Notation order := (order k n L).
Notation p := (p k n L).
Let size_order : size order = N. Proof. exact: size_order. Qed.
Let kindP i : i < N -> kind_spec k n L i (p i) (prompt (req order i)) (output (req order i)).
Proof. exact: kindP. Qed.

Ltac steps := clear size_order kindP; unfold slips_in.N in *;
  repeat match goal with H : _ \/ _ |- _ => destruct H end; try (apply/andP; split); slia.

Let bad_cost : n * L <= cost order p.
Proof.
rewrite /cost size_order -(big_mkord xpredT (fun i => p i + output (req order i))).
rewrite (@big_cat_nat _ _ _ (k + n)) //=; last by rewrite /N leq_addr.
rewrite (@big_cat_nat _ _ _ k) ?leq_addr //=; apply: leq_trans (leq_addr _ _).
apply: leq_trans (leq_addl _ _); rewrite /index_iota addKn -[X in X * _](size_iota k).
apply: sum_list_ge => i; rewrite mem_iota => /andP[ki ikn].
have iN : i < N by steps.
by case: (kindP iN) => *; steps.
Qed.

(* One after the other: T steps for blockers and thick ones, then L for each thin one. *)
Local Definition T := (k + n) * k.
Local Definition q i := if i < k + n then i * k else T + (i - (k + n)) * L.

Let q_over i : i < N -> q i + output (req order i) <= q i.+1.
Proof.
move=> iN; rewrite /q /T; case: (kindP iN) => [a|a b|a b].
- have -> : i < k + n by steps.
  case: ltnP => c; first by rewrite mulSn addnC leq_add2r.
  have e : i.+1 = k + n by steps.
  by rewrite -e subnn mul0n addn0 mulSn addnC leq_add2r.
- rewrite b; case: ltnP => c; first by rewrite mulSn addnC.
  have e : i.+1 = k + n by steps.
  by rewrite -e subnn mul0n addn0 mulSn addnC.
by rewrite !ltnNge a (leqW a) subSn // mulSn -addnA leq_add2l addnC.
Qed.

Let q_mono : {homo q : a b / a <= b}.
Proof.
move=> a b ab; rewrite /q; case: (ltnP b) => hb.
  by rewrite (leq_ltn_trans ab hb) leq_mul2r ab orbT.
case: ltnP => ha; last by rewrite leq_add2l leq_mul2r leq_sub2r ?orbT.
by apply: leq_trans (leq_addr _ _); rewrite /T leq_mul2r ltnW ?orbT.
Qed.

Let peaks : valid (large + k) order.
Proof.
apply/(all_nthP (0, 0)) => i; rewrite size_order => iN; rewrite -/(req order i) output_pos //=.
by rewrite /peak; move: (small_large k L); case: (kindP iN) => *; steps.
Qed.

Let one_fits : large + k <= M.
Proof. by apply: leq_trans (thick_fits k0 kL); apply: leq_addl. Qed.

Let good_feasible : feasible M order q.
Proof.
apply: (@batches_feasible M order id q) => [|i|a]; first exact: q_mono.
  by rewrite size_order; apply: q_over.
case: (ltnP a (size order)) => aN; last first.
  by rewrite big_pred0 // => i; rewrite ltn_eqF // (leq_trans (ltn_ord i)).
rewrite (big_pred1 (Ordinal aN)) //=; apply: leq_trans one_fits.
exact: valid_peak peaks aN.
Qed.

Let good_cost : cost order q <= N * T + k.+1 * k.+1 * L.
Proof.
apply: (@leq_trans (\sum_(i < N) q i.+1)).
  by rewrite /cost size_order; apply: leq_sum => i _; apply: q_over.
have q_le i : q i.+1 <= T + (i.+1 - (k + n)) * L.
  rewrite /q; case: ltnP => // h; apply: leq_trans (leq_addr _ _).
  by rewrite /T leq_mul2r ltnW ?orbT.
rewrite -(big_mkord xpredT (fun i => q i.+1)) (@big_cat_nat _ _ _ (k + n)) //=; last first.
  exact: leq_addr.
have -> : N * T + k.+1 * k.+1 * L = (k + n) * T + k.+1 * (T + k.+1 * L).
  by rewrite /N mulnDl mulnDr mulnA addnA.
rewrite /index_iota subn0 addKn -[X in _ <= X * T + _](size_iota 0 (k + n)).
rewrite -[X in _ <= _ + X * (T + _)](size_iota (k + n) k.+1).
apply: leq_add; apply: sum_list_le => i; rewrite mem_iota => /andP[h1 h2].
  have e : i.+1 - (k + n) = 0 by steps.
  by apply: leq_trans (q_le i) _; rewrite e mul0n addn0.
apply: leq_trans (q_le i) _; rewrite leq_add2l leq_mul2r; apply/orP; right; steps.
Qed.

Lemma slips_in_instance K : n = K * (k.+1 * k.+1).+1 + 1 -> N * T <= L ->
  [/\ valid (large + k) order, by_rank svf order order, backfill M order p, feasible M order q &
      K * cost order q < cost order p].
Proof.
move=> nK TL; split=> //; [exact: ordered|exact: slips_in|apply: leq_trans bad_cost].
apply: (@leq_trans (K * ((k.+1 * k.+1).+1 * L)).+1).
  rewrite ltnS leq_mul2l; apply/orP; right; apply: leq_trans good_cost _.
  by rewrite mulSn leq_add2r.
rewrite nK mulnDl mul1n mulnA -addn1 leq_add2l; move: k0 kL; clear; slia.
Qed.
End Costs.

Lemma backfill_bad_instance rank (alpha c : rat) k K M P (order : seq request) p q :
  (alpha <= 1)%R -> (1 <= alpha * k%:R)%R -> (c <= K%:R)%R -> valid P order -> k * P <= M ->
  by_rank rank order order -> backfill M order p ->
  feasible M order q -> K * cost order q < cost order p -> ~ backfill_competitive rank alpha c.
Proof.
move=> a1 ak cK hv kPM ho hp hq worse h.
have a0 : (0 <= alpha)%R.
  rewrite leNgt; apply/negP => neg.
  suff : (1 <= 0 :> rat)%R by [].
  by apply: le_trans ak _; rewrite nmulr_rle0 // ler0n.
have hc x : x \in order -> 0 < output x /\ ((peak x)%:R <= alpha * M%:R :> rat)%R.
  move=> xr; have /andP[-> hx] := allP hv x xr; split=> //.
  apply: (@le_trans _ _ (alpha * (k * P)%:R)%R); last by rewrite ler_wpmul2l // ler_nat.
  rewrite natrM mulrA; apply: (@le_trans _ _ (1 * P%:R)%R); first by rewrite mul1r ler_nat.
  by rewrite ler_wpmul2r // ler0n.
have := h _ _ _ _ _ hc ho hp hq; apply/negP; rewrite -ltNge.
apply: (@le_lt_trans _ _ (K%:R * (cost order q)%:R)%R); first by rewrite ler_wpmul2r ?ler0n.
by rewrite -natrM ltr_nat.
Qed.

Theorem backfill_unbounded (alpha c : rat) :
  (0 < alpha <= 1)%R -> ~ backfill_competitive svf alpha c.
Proof.
move=> /andP[a0 a1]; have [h h0 ah] := below a0; have [K cK] := above c.
pose k := 2 * h - 1; have kh : k.+1 = 2 * h by rewrite /k; move: h0; clear; slia.
have k0 : 0 < k by move: kh h0; clear; slia.
pose n := K * (k.+1 * k.+1).+1 + 1.
pose L := N k n * T k n + 2 * k.
have kL : 2 * k <= L by apply: leq_addl.
have [hv ho hp hq worse] := @slips_in_instance k n L k0 kL K erefl (leq_addr _ _).
apply: backfill_bad_instance a1 ah cK hv _ ho hp hq worse.
have big : large k L + k <= 2 * (small k L + L).
  by rewrite /large /small; move: kL k0; clear; snia.
apply: (@leq_trans (h * (2 * (small k L + L)))); first by rewrite leq_mul2l big orbT.
by rewrite /M mulnA [h * 2]mulnC -kh.
Qed.
