(* Chains of tiles (theory.md, T4): how far the witnesses of a run reach, and what the last part
   of a run is worth.  Offsets count from the beginning u of the run; w is the head's output. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.util Require run_cases.
From kvcr.behavior Require Import request schedule.
From kvcr.analysis Require Import own_volume tiles.
Close Scope Z_scope. Delimit Scope nat_scope with N.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* The last tile has length g >= w/2: its surplus suffices. *)
Lemma long_last_tile D del w z g S N :
  0 < g -> g <= w -> w <= 2 * g -> w < z + g -> D + del <= S + N * (z + g) ->
  D * (3 * (z + g) - w) + del * w <= D * tau w z + (3 * g * S + 2 * g * (2 * z + g) * N).
Proof.
move=> g0 gw w2g wX hL; have st := tau_step z g0 gw.
rewrite [tau w (z + g)]tau_high ?(ltnW wX) // in st.
have tm := tau_mono w z g; rewrite [tau w (z + g)]tau_high ?(ltnW wX) // in tm.
have [r er] : exists r, 3 * (z + g) - w = tau w z + r.
  by exists (3 * (z + g) - w - tau w z); rewrite subnKC.
rewrite er addKn in st; rewrite er mulnDr -addnA leq_add2l; set mn := minn _ _ in st.
have m1 : mn <= 3 * g * (z + g) by apply: geq_minl.
have m2 : mn <= 2 * g * (2 * z + g) by apply: geq_minr.
have m3 : w * (z + g) <= mn.
  rewrite /mn leq_min; apply/andP; split.
    by rewrite leq_mul2r; apply/orP; right; slia.
  by apply: leq_mul => //; slia.
rewrite -(leq_pmul2l (_ : 0 < z + g)) ?addn_gt0 ?g0 ?orbT //.
apply: (@leq_trans (mn * (S + N * (z + g)))).
  apply: (@leq_trans (mn * (D + del))); last by rewrite leq_mul2l hL orbT.
  rewrite !mulnDr; apply: leq_add.
    by rewrite mulnCA mulnC [_ * r]mulnC leq_mul2r st orbT.
  by rewrite mulnCA mulnC [_ * w]mulnC leq_mul2r m3 orbT.
apply: (@leq_trans (3 * g * (z + g) * S + 2 * g * (2 * z + g) * (N * (z + g)))).
  by rewrite mulnDr leq_add // leq_mul2r ?m1 ?m2 orbT.
by apply: eq_leq; ring.
Qed.

(* The last tile is short: of the chain through z = y + b and the one that skips it, one suffices
   (util/run_cases.v).  Here w = b + a, and eta is how far the run ends beyond y + w. *)
Lemma short_last_tile D del ep y b a eta S N :
  0 < b -> 0 < eta -> 0 < D -> 2 * (a + eta) < b + a ->
  S + N * (y + b + a + eta) = D + del + ep -> (y = 0) \/ (b + a < y + b) ->
  let w := b + a in let z := y + b in let g := a + eta in
  let X := y + b + a + eta in let G := b + a + eta in
  is_true (D * (3 * X - w) + del * w <= D * tau w z + (3 * g * S + 2 * g * (2 * z + g) * N)) \/
  is_true (D * (3 * X - w) + del * w <= D * tau w y + (3 * G * S + 2 * G * (2 * y + G) * N)).
Proof.
move=> b0 eta0 D0 gw hL hy w z g X G.
have eX : 3 * X - w = 3 * y + 2 * b + 2 * a + 3 * eta by rewrite /X /w; slia.
rewrite eX.
have zD := Nat2Z.is_nonneg D. have zd := Nat2Z.is_nonneg del. have ze := Nat2Z.is_nonneg ep.
have zS := Nat2Z.is_nonneg S. have zN := Nat2Z.is_nonneg N.
case: hy => [y0|wz].
  rewrite (@tau_low w z) ?(@tau_low w y) /z /w ?y0 // ?leq_addr //.
  have := @run_cases.case1 (Z.of_nat (b + a)) (Z.of_nat eta) (Z.of_nat (a + eta)) (Z.of_nat D)
    (Z.of_nat del) (Z.of_nat ep) (Z.of_nat S) (Z.of_nat N).
  case; [slia|slia|slia|slia|slia|slia|slia|slia|subst y; natify; lia|
    move=> H; left|move=> H; right];
    rewrite /g /G; subst y; natify; lia.
case: (leqP w y) => wy.
  have wz' : w <= z by rewrite /z /w; slia.
  rewrite (tau_high wz') (tau_high wy).
  have [r yr] : exists r, y = w + r by exists (y - w); rewrite subnKC.
  have -> : 3 * z - w = 2 * b + 2 * a + 3 * r + 3 * b by rewrite /z yr /w; slia.
  have -> : 3 * y - w = 2 * b + 2 * a + 3 * r by rewrite yr /w; slia.
  have := @run_cases.case2 (Z.of_nat (b + a)) (Z.of_nat eta) (Z.of_nat (a + eta)) (Z.of_nat y)
    (Z.of_nat D) (Z.of_nat del) (Z.of_nat ep) (Z.of_nat S) (Z.of_nat N).
  case; [slia|slia|slia|slia|slia|slia|slia|slia|slia|move=> H; left|move=> H; right];
    by rewrite /g /G /z; rewrite yr /w in H hL *; clear - H hL; natify; lia.
have [r ar] : exists r, y = a + r.+1 by exists (y - a.+1); slia.
have wz' : w <= z by rewrite /z /w; slia.
rewrite (tau_high wz') (tau_low (ltnW wy)).
have -> : 3 * z - w = 2 * b + 3 * y - a by rewrite /z /w; slia.
have -> : 2 * b + 3 * y - a = 2 * b + 2 * y + r.+1 by rewrite ar; slia.
have := @run_cases.case3 (Z.of_nat (b + a)) (Z.of_nat eta) (Z.of_nat (a + eta)) (Z.of_nat y)
  (Z.of_nat D) (Z.of_nat del) (Z.of_nat ep) (Z.of_nat S) (Z.of_nat N).
case; [slia|slia|slia|slia|rewrite /w in wy; slia|slia|slia|slia|slia|slia|slia|natify; lia|
  move=> H; left|move=> H; right];
  by rewrite /g /G /z; rewrite ar in H hL *; clear - H hL; natify; lia.
Qed.

Section Chain.
Variables (M P : nat) (rs : seq request) (p : schedule) (j : nat).
Notation D := (M.+1 - P).
Notation part := (part rs p j).

(* Follow the witnesses until the end X of the run is at most w away: y and y + b are the last
   two points. *)
Lemma chain u h w X : h <= j -> (forall k, k < h -> p k <= u) ->
  (forall x, u + x < p h -> exists g, [/\ 0 < g, g <= w & D <= load rs p h (u + (x + g))]) ->
  u + X < p h + w -> w < X ->
  exists y b C, [/\ 0 < b, b <= w, y + b < X, X - (y + b) <= w & w < X - y] /\
    D <= load rs p h (u + (y + b)) /\ part u h y C (D * tau w y).
Proof.
move=> hj hst hw hX wX.
suff H : forall d x C, X - x <= d -> w < X - x -> part u h x C (D * tau w x) ->
  exists y b C, [/\ 0 < b, b <= w, y + b < X, X - (y + b) <= w & w < X - y] /\
    D <= load rs p h (u + (y + b)) /\ part u h y C (D * tau w y).
  apply: (H X 0 (fun _ _ => false)); rewrite ?subn0 //.
  by rewrite tau_low // !muln0; exact: part_empty.
elim=> [|d IH] x C hd wx hpart; first by slia.
have [g [g0 gw hg]] : exists g, [/\ 0 < g, g <= w & D <= load rs p h (u + (x + g))].
  by apply: hw; slia.
case: (leqP (X - (x + g)) w) => h1.
  by exists x, g, C; split=> //; split=> //; slia.
have [C3 h3] := witness_tile hj hst g0 gw hg hpart.
apply: (IH (x + g) C3) => //; first by slia.
by move: h3; rewrite -mulnDr subnKC // tau_mono.
Qed.
End Chain.
