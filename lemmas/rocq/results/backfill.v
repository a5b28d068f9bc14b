(* Smallest volume first with backfill has no constant at alpha = 1 (theory.md, section 2): a tiny
   request, m that fill the memory, and a long one that slips in beside the tiny one. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority ranks backfill.
From kvcr.analysis Require Import worst_case two_kinds.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.

Section SlipsIn.
Variable m : nat.
Hypothesis m2 : 1 < m.
Let M := m * m.
Local Definition tiny : request := (1, 1).
Local Definition thick : request := (M.-1, 1).
Local Definition long : request := (0, M.-1).
Let order := tiny :: first_then m thick 1 long.

(* tiny and long at 0, then the thick ones, one after the other. *)
Let p j := if j is i.+1 then (if i < m then M.-1 + i else 0) else 0.

Let M4 : 3 < M. Proof. by rewrite /M; move: m2; clear; snia. Qed.
Let MS : M.-1.+1 = M. Proof. by rewrite prednK //; apply: leq_trans M4. Qed.
Let size_order : size order = m.+2. Proof. by rewrite /= size_first_then addn1. Qed.
Let req_thick i : i < m -> req order i.+1 = thick.
Proof.
move=> im; rewrite -[LHS]/(req (first_then m thick 1 long) i).
by rewrite req_first_then ?im // ltn_addr.
Qed.
Let req_long : req order m.+1 = long.
Proof. by rewrite -[LHS]/(req (first_then m thick 1 long) m) req_first_then ?ltnn // addn1. Qed.

Let ordered : by_rank svf order order.
Proof.
rewrite /by_rank perm_refl /= /order.
have le : rank_order svf tiny thick /\ rank_order svf thick long.
  split; rewrite /rank_order /svf -leq_double !volume_double /tiny /thick /long /prompt /output /=.
    by move: M4 MS; clear; move: (M.-1) => z; snia.
  by move: M4 MS; clear; move: (M.-1) => z; snia.
rewrite path_min_sorted; first by case/andP: (first_then_by_rank m 1 le.2).
rewrite all_cat !all_nseq le.1 /= orbT /=.
by have -> : rank_order svf tiny long by apply: leq_trans le.1 le.2.
Qed.

Let p_thick i : i < m -> p i.+1 = M.-1 + i. Proof. by rewrite /p => ->. Qed.
Let p_long : p m.+1 = 0. Proof. by rewrite /p ltnn. Qed.

(* At its own step nothing else is held beside a thick request. *)
Let alone i j : i < m -> j < m.+2 -> seen p i.+1 (M.-1 + i) j ->
  occ order p j (M.-1 + i + 1) = 0.
Proof.
move=> im; have M1 : 1 < M.-1 by move: M4 MS; clear; slia.
rewrite /occ /held; case: j => [_ _|j].
  by rewrite -[output _]/1 addn1 /= ltnS leqn0 addn_eq0 gtn_eqF // ltnW.
rewrite !ltnS leq_eqVlt => /orP[/eqP->|jm] s.
  by rewrite p_long req_long -[output _]/M.-1 add0n addn1 [_ < M.-1]ltnNge leq_addr andbF.
move: s; rewrite /seen p_thick // ltn_add2l eqn_add2l ltnS => /orP[ji|/andP[/eqP-> ]].
  rewrite req_thick // -[output _]/1 !addn1 ltnS ltnNge; case: ifP => // /andP[_].
  by rewrite ltn_add2l ji.
by rewrite ltnn.
Qed.

(* Before it something is. *)
Let beside i t : i < m -> t < M.-1 + i ->
  exists2 j, j < m.+2 & seen p i.+1 t j /\ 0 < occ order p j (t + 1).
Proof.
move=> im ti; rewrite /occ /held addn1; case: (ltnP t M.-1) => tM; last first.
  have ji : t - M.-1 < i by rewrite ltn_subLR.
  have jm := ltn_trans ji im; exists (t - M.-1).+1; first by rewrite ltnS ltnW.
  rewrite /seen p_thick // subnKC // eqxx ltnS ji orbT req_thick // -[output _]/1 addn1 !leqnn.
  by rewrite subSnn addn1.
case: t ti tM => [|t] ti tM; first by exists 0.
exists m.+1 => //; rewrite /seen p_long req_long -[output _]/M.-1 add0n tM /=.
by rewrite subn0 addn_gt0 orbT.
Qed.

Let slips_in : backfill M order p.
Proof.
case=> [_|i].
  split=> //; apply/allP => k; rewrite mem_iota /= add1n ltnS => /andP[_ k1].
  rewrite big1 => [|i]; last by rewrite /seen !ltn0 andbF.
  by rewrite add0n /prompt /=; move: k1 M4; clear; slia.
rewrite size_order !ltnS leq_eqVlt => /orP[/eqP->|im].
  rewrite p_long; split=> //; apply/allP => k; rewrite mem_iota req_long add1n ltnS => /andP[k0 kM].
  have -> : \sum_(j < size order | seen p m.+1 0 j) occ order p j (0 + k) = held tiny 0 k.
    rewrite size_order (bigD1 ord0) //= big1 ?addn0 // => j0 /andP[s ne].
    case: j0 s ne => -[|j] jn s ne //=.
    have jm : j < m by move: s; rewrite /seen ltn0 /= => /andP[_]; rewrite ltnS.
    move: s; rewrite /seen p_thick // ltn0 /= => /andP[/eqP z _].
    by move: z M4 MS; clear; slia.
  move: k0 kM M4 MS; rewrite /held /prompt /output /= add0n subn0; clear.
  by case: ifP => [/andP[h1 h2]|_]; slia.
rewrite p_thick //; split.
  apply/allP => k; rewrite mem_iota req_thick // -[output _]/1 add1n ltnS => /andP[k0 k1].
  have -> : k = 1 by apply/eqP; rewrite eqn_leq k0 k1.
  rewrite big1 => [|j s]; first by rewrite -[prompt _]/M.-1 add0n addn1 MS.
  by apply: alone => //; rewrite -size_order.
move=> t ti; apply/allPn; exists 1; first by rewrite mem_iota req_thick.
have [j jn [s pos]] := beside im ti; rewrite -size_order in jn.
rewrite -ltnNge req_thick // -[prompt _]/M.-1 [M.-1 + 1]addn1 MS (bigD1 (Ordinal jn)) //=.
by rewrite -[X in X < _]add0n ltn_add2r; apply: leq_trans pos (leq_addr _ _).
Qed.

Let sum_order (F : nat -> nat) :
  \sum_(j < size order) F j = F 0 + (\sum_(i < m) F i.+1 + F m.+1).
Proof. by rewrite size_order big_ord_recl big_ord_recr. Qed.

Let bad_cost : m * M <= cost order p.
Proof.
rewrite /cost (sum_order (fun j => p j + output (req order j))).
apply: leq_trans (leq_addl _ _); apply: leq_trans (leq_addr _ _).
rewrite -[X in X * _]card_ord -sum_nat_const; apply: leq_sum => i _.
by rewrite p_thick // req_thick // -[output _]/1 addn1 -addSn MS leq_addr.
Qed.

(* One after the other. *)
Let begins j := if j <= m.+1 then j else j + M.

Let good_feasible : feasible M order begins.
Proof.
apply: (@batches_feasible M order id begins).
- move=> a b; rewrite /begins => ab; case: (leqP a m.+1) => h; case: (leqP b m.+1) => h' //.
  + by apply: leq_trans ab (leq_addr _ _).
  + by have := leq_trans h (leq_trans ab h'); rewrite ltnn.
  + by rewrite leq_add2r.
- case=> [|i]; first by rewrite /begins.
  rewrite size_order !ltnS leq_eqVlt => /orP[/eqP->|im]; rewrite /begins.
    by rewrite leqnn ltnn req_long -[output _]/M.-1; move: MS; clear; slia.
  by rewrite !ltnS (ltnW im) im req_thick // -[output _]/1 addn1.
move=> a; rewrite size_order; case: (ltnP a m.+2) => am; last first.
  by rewrite big_pred0 // => i; rewrite ltn_eqF // (leq_trans (ltn_ord i)).
rewrite (big_pred1 (Ordinal am)) //=; case: a am => [|i] am.
  by move: M4; clear; rewrite /peak /=; slia.
move: am; rewrite !ltnS leq_eqVlt => /orP[/eqP->|im].
  by rewrite req_long /peak -[prompt _]/0 -[output _]/M.-1 add0n leq_pred.
by rewrite req_thick // /peak -[prompt _]/M.-1 -[output _]/1 addn1 MS.
Qed.

Let good_cost : cost order begins <= 5 * M.
Proof.
rewrite /cost (sum_order (fun j => begins j + output (req order j))) req_long.
have small : \sum_(i < m) (begins i.+1 + output (req order i.+1)) <= m * m.+1.
  rewrite -[X in _ <= X * _]card_ord -sum_nat_const; apply: leq_sum => i _.
  by rewrite req_thick // /begins !ltnS (ltnW (ltn_ord i)) -[output _]/1 addn1 ltnS.
move: small; rewrite -[output long]/(M.-1); rewrite -[output (req order 0)]/(1).
rewrite -[begins 0]/(0) /begins leqnn.
move: (\sum_(i < m) _) => s; move: MS m2; rewrite /M; move: (m * m).-1 => z.
by clear; snia.
Qed.

Lemma slips_in_instance K : m = 5 * K + 2 ->
  [/\ valid M order, by_rank svf order order, backfill M order p, feasible M order begins &
      K * cost order begins < cost order p].
Proof.
move=> mK; split=> //.
- have pt : peak thick <= M by rewrite /peak -[prompt _]/(M.-1) -[output _]/(1) addn1 MS.
  have pl : peak long <= M by rewrite /peak -[output _]/(M.-1) add0n leq_pred.
  have ol : 0 < output long by rewrite -[output _]/(M.-1) -ltnS MS; apply: ltn_trans M4.
  have rest : valid M (first_then m thick 1 long) by apply: first_then_valid.
  rewrite /valid -[all _ _]/((0 < 1) && (2 <= M) && valid M (first_then m thick 1 long)) rest.
  by rewrite andbT (ltnW (ltnW M4)).
- apply: leq_trans bad_cost; apply: (@leq_trans (K * (5 * M)).+1).
    by rewrite ltnS leq_mul2l good_cost orbT.
  by rewrite {1}mK; move: M4; move: (M) => z; clear; snia.
Qed.
End SlipsIn.

Lemma backfill_bad_instance rank (c : rat) K M (order : seq request) p q :
  (c <= K%:R)%R -> valid M order -> by_rank rank order order -> backfill M order p ->
  feasible M order q -> K * cost order q < cost order p -> ~ backfill_competitive rank 1 c.
Proof.
move=> cK hv ho hp hq worse h.
have hc x : x \in order -> 0 < output x /\ ((peak x)%:R <= 1 * M%:R :> rat)%R.
  by move=> /(allP hv) /andP[-> hx]; rewrite mul1r ler_nat.
have := h _ _ _ _ _ hc ho hp hq; apply/negP; rewrite -ltNge.
apply: (@le_lt_trans _ _ (K%:R * (cost order q)%:R)%R); first by rewrite ler_wpmul2r ?ler0n.
by rewrite -natrM ltr_nat.
Qed.

Theorem backfill_unbounded (c : rat) : ~ backfill_competitive svf 1 c.
Proof.
have [K cK] := above c; have m2 : 1 < 5 * K + 2 by rewrite addn2.
have [hv ho hp hq worse] := slips_in_instance m2 erefl.
exact: backfill_bad_instance cK hv ho hp hq worse.
Qed.
