(* Tiles (theory.md, T4): the steps that a run claims.  A run from u is cut at offsets from u; in
   the tile (x', x' + g] the requests that have started by u and still run at its end are claimed
   for its g steps.  tau is the potential with which a chain of tiles pays. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.analysis Require Import own_volume.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* Four times the least that a chain guarantees per unit of D up to offset x; w is the output of
   the head. *)
Definition tau w x := maxn (2 * x) (3 * x - w).

Lemma tau_low w x : x <= w -> tau w x = 2 * x. Proof. by move=> h; apply/maxn_idPl; slia. Qed.
Lemma tau_high w x : w <= x -> tau w x = 3 * x - w. Proof. by move=> h; apply/maxn_idPr; slia. Qed.

Lemma tau_mono w x g : tau w x <= tau w (x + g).
Proof. by rewrite /tau geq_max !leq_max; apply/andP; split; apply/orP; [left|right]; slia. Qed.

(* The potential's growth over a tile stays below both worths of a claimed token. *)
Lemma tau_step w x' g : 0 < g -> g <= w ->
  (tau w (x' + g) - tau w x') * (x' + g) <= minn (3 * g * (x' + g)) (2 * g * (2 * x' + g)).
Proof.
move=> g0 gw; rewrite leq_min; case: (leqP (x' + g) w) => h1.
  rewrite !tau_low //; last by apply: leq_trans h1; apply: leq_addr.
  by rewrite -mulnBr addKn; apply/andP; split; snia.
rewrite (tau_high (ltnW h1)); case: (leqP w x') => h2.
  rewrite tau_high //; have -> : 3 * (x' + g) - w - (3 * x' - w) = 3 * g by slia.
  by rewrite leqnn /=; snia.
rewrite (tau_low (ltnW h2)).
have [e we] : exists e, w = x' + e by exists (w - x'); rewrite subnKC // ltnW.
have [f ge] : exists f, g = e + f by exists (g - e); slia.
have fx : f <= x' by slia.
have [r xr] : exists r, x' = f + r by exists (x' - f); rewrite subnKC.
rewrite {h1 h2 gw g0} we ge xr.
have -> : 3 * (f + r + (e + f)) - (f + r + e) - 2 * (f + r) = 2 * e + 3 * f by slia.
apply/andP; split; first by rewrite leq_mul2r; apply/orP; right; slia.
by clear; snia.
Qed.

Section Tiles.
Variables (M P : nat) (rs : seq request) (p : schedule) (j : nat).
Notation s i := (prompt (req rs i)).
Notation o i := (output (req rs i)).
Notation occ := (occ rs p).
Notation T := (horizon rs p j).
Notation phi := (phi rs p).
Notation D := (M.+1 - P).

(* The claims C2 of the first x steps of a run from u with head h, worth c in all. *)
Definition part u h x (C2 : nat -> nat -> bool) c :=
  (forall k t, C2 k t -> [/\ k < h, u < t <= u + x & t <= p k + o k]) /\
  forall (H : nat -> bool) e, (forall k, H k -> p k <= e k <= u) ->
   c + \sum_(k < j) \sum_(t < T) (C2 k t && H k) * phi e k
   <= 4 * (\sum_(k < j) \sum_(t < T) C2 k t * occ k t).

Lemma part_empty u h : part u h 0 (fun _ _ => false) 0.
Proof. by split=> // H e _; rewrite add0n big1 // => k _; rewrite big1. Qed.

Lemma part_less u h x C2 c c' : c' <= c -> part u h x C2 c -> part u h x C2 c'.
Proof.
by move=> cc [hC hI]; split=> // H e hH; apply: leq_trans (hI H e hH); rewrite leq_add2r.
Qed.

(* What has started by u and runs at offset x: its age at u with its prompt, and how many. *)
Definition live u h x k := (k < h) && (u + x <= p k + o k).
Definition aged u h x := \sum_(k < j) live u h x k * (s k + (u - p k)).
Definition number u h x := \sum_(k < j) (live u h x k : nat).

Lemma load_aged u h x : h <= j -> (forall k, k < h -> p k <= u) -> 0 < x ->
  load rs p h (u + x) = aged u h x + number u h x * x.
Proof.
move=> hj hst x0; rewrite /load (big_ord_widen j (fun k => occ k (u + x))) // big_mkcond /=.
rewrite /aged /number big_distrl -big_split /=; apply: eq_bigr => k _.
rewrite /live; case: ifP => kh //=; have pk := hst k kh; rewrite /schedule.occ /held.
have -> : p k < u + x by slia.
by case: (_ <= p k + o k) => //=; slia.
Qed.

(* Another tile: each live request, of age a at u, is worth 3 g a + 2 g (2 x' + g), what a head
   among them is charged already taken off. *)
Lemma tile u h x' g C2 c : h <= j -> (forall k, k < h -> p k <= u) -> 0 < g ->
  part u h x' C2 c -> exists C3, part u h (x' + g) C3
    (c + (3 * g * aged u h (x' + g) + 2 * g * (2 * x' + g) * number u h (x' + g))).
Proof.
move=> hj hst g0 [hC hI].
pose N k t := [&& k < h, u + x' < t <= u + x' + g & u + x' + g <= p k + o k].
exists (fun k t => C2 k t || N k t); split.
  move=> k t /orP[/hC[h1 /andP[h2 h3] h4]|/and3P[h1 /andP[h2 h3] h4]]; split=> //.
  - by rewrite h2 addnA (leq_trans h3) // leq_addr.
  - by rewrite addnA h3 andbT (leq_ltn_trans _ h2) // leq_addr.
  - exact: leq_trans h4.
move=> H e hH.
have dis k t : (C2 k t || N k t : nat) = C2 k t + N k t.
  case c1 : (C2 k t); case c2 : (N k t) => //.
  have [_ /andP[_ h3] _] := hC k t c1; case/and3P: c2 => _ /andP[h2 _] _.
  by have := leq_trans h2 h3; rewrite ltnn.
have e1 : \sum_(k < j) \sum_(t < T) (C2 k t || N k t) * occ k t =
  \sum_(k < j) \sum_(t < T) C2 k t * occ k t + \sum_(k < j) \sum_(t < T) N k t * occ k t.
  rewrite -big_split; apply: eq_bigr => k _.
  by rewrite -big_split; apply: eq_bigr => t _; rewrite dis mulnDl.
have e2 : \sum_(k < j) \sum_(t < T) ((C2 k t || N k t) && H k) * phi e k =
    \sum_(k < j) \sum_(t < T) (C2 k t && H k) * phi e k
  + \sum_(k < j) \sum_(t < T) (N k t && H k) * phi e k.
  rewrite -big_split; apply: eq_bigr => k _; rewrite -big_split; apply: eq_bigr => t _ /=.
  by case Hk : (H k); rewrite ?andbF // !andbT dis mulnDl.
have new : (3 * g * aged u h (x' + g) + 2 * g * (2 * x' + g) * number u h (x' + g))
     + \sum_(k < j) \sum_(t < T) (N k t && H k) * phi e k
   <= 4 * (\sum_(k < j) \sum_(t < T) N k t * occ k t).
  rewrite /aged /number !big_distrr -!big_split /=.
  apply: leq_sum => k _; rewrite /live addnA; case kh : (k < h); last first.
    by rewrite /= !muln0 big1 // => t _; rewrite /N kh.
  have pk := hst k kh.
  case: (leqP (u + x' + g) (p k + o k)) => live /=; last first.
    by rewrite /= !muln0 big1 // => t _; rewrite /N [_ <= p k + o k]leqNgt live !andbF.
  have NE t : N k t = (u + x' < t <= u + x' + g) by rewrite /N kh live andbT.
  have occ_at i : 0 < i -> i <= x' + g -> occ k (u + i) = s k + (u - p k) + i.
    move=> i0 ig; rewrite /schedule.occ /held.
    have -> : p k < u + i <= p k + o k.
      rewrite (leq_ltn_trans pk) ?(leq_trans _ live) // ?leq_add2l -?addnA ?leq_add2l //.
      by rewrite -[X in X < _]addn0 ltn_add2l.
    slia.
  have TT : u + x' + g < T.
    by apply: leq_ltn_trans live (before_horizon _ _ _); apply: leq_trans (ltnW kh) hj.
  rewrite (@sum_restrict (occ k) (N k) (u + x') g) //; last by move=> t; rewrite NE.
  rewrite (eq_bigr (fun t : 'I_T => N k t * (H k * phi e k))); last first.
    by move=> t _; rewrite mulnA mulnb.
  rewrite (@sum_restrict (fun _ => H k * phi e k) (N k) (u + x') g) //; last first.
    by move=> t; rewrite NE.
  have Ni i : 1 <= i < g.+1 -> N k (u + x' + i) = true.
    by rewrite NE ltnS leq_add2l -[X in X < _ + i]addn0 ltn_add2l.
  rewrite big_nat (eq_bigr (fun _ => H k * phi e k)) -?big_nat; last first.
    by move=> i /Ni ->; rewrite mul1n.
  rewrite sum_nat_const_nat subn1 /=.
  rewrite [X in 4 * X]big_nat (eq_bigr (fun i => s k + (u - p k) + x' + i)); last first.
    by move=> i hi; rewrite (Ni i hi) mul1n -!addnA occ_at; [rewrite !addnA|slia|slia].
  rewrite -big_nat mul1n muln1 big_split /= sum_nat_const_nat subn1 /=.
  have := sum_to g; move: (\sum_(1 <= i < g.+1) i) => Sg hSg.
  have hp : H k * phi e k <= s k + (u - p k) + 1.
    case Hk : (H k); rewrite ?mul0n // mul1n /own_volume.phi leq_add2r leq_add2l leq_sub2r //.
    by case/andP: (hH k Hk).
  have hp2 : g * (H k * phi e k) <= g * (s k + (u - p k) + 1) by rewrite leq_mul2l hp orbT.
  move: hp2; move: (s k + (u - p k)) (g * (H k * phi e k)) => A B hB.
  by clear -hB hSg; natify; lia.
rewrite e1 e2; move: (hI H e hH) new.
set A1 := \sum_(k < j) _; set A2 := \sum_(k < j) _; set A3 := \sum_(k < j) _.
set A4 := \sum_(k < j) _.
by move: (3 * g * _ + _) A1 A2 A3 A4 => b A1 A2 A3 A4 h1 h2; clear -h1 h2; slia.
Qed.

(* A tile that ends where at least D tokens are held is worth the growth of the potential. *)
Lemma witness_tile u h w x' g C2 c : h <= j -> (forall k, k < h -> p k <= u) -> 0 < g -> g <= w ->
  D <= load rs p h (u + (x' + g)) -> part u h x' C2 c ->
  exists C3, part u h (x' + g) C3 (c + D * (tau w (x' + g) - tau w x')).
Proof.
move=> hj hst g0 gw hD hpart; have [C3 h3] := tile hj hst g0 hpart; exists C3.
apply: part_less h3; rewrite leq_add2l; move: hD; have x0 : 0 < x' + g by rewrite addn_gt0 g0 orbT.
rewrite load_aged //; set S := aged _ _ _; set N := number _ _ _ => hD.
have := tau_step x' g0 gw; rewrite leq_min => /andP[m1 m2]; set r := _ - _ in m1 m2 *.
rewrite -(leq_pmul2l x0); apply: (@leq_trans (r * (x' + g) * (S + N * (x' + g)))).
  by rewrite mulnCA mulnC [_ * r]mulnC leq_mul2l hD orbT.
rewrite mulnDr; apply: (@leq_trans (3 * g * (x' + g) * S + 2 * g * (2 * x' + g) * (N * (x' + g)))).
  by rewrite leq_add // leq_mul2r ?m1 ?m2 orbT.
by apply: eq_leq; ring.
Qed.

Lemma part_run u v h C3 c :
  (forall k, k < h -> p k <= u) -> u < p h <= v -> h <= j -> v < p h + o h ->
  part u h (v - u) C3 c -> U4 M P * (v - u) <= c + (s h + (v - p h) + 1) * o h ->
  run M P rs p j u v h.
Proof.
move=> hst huv hj vo [hC hI] hU; exists C3; split=> //; split.
  have uv : u <= v by case/andP: huv => h1 h2; apply: leq_trans h2; apply: ltnW.
  by move=> k t /hC[h1 h2 h3]; split=> //; move: h2; rewrite subnKC.
move=> H e hH; have := hI H e hH; move: hU.
set A1 := \sum_(k < j) _; set A2 := \sum_(k < j) _.
by move: (U4 M P * _) A1 A2 (_ * o h) => a A1 A2 b; clear; slia.
Qed.
End Tiles.
