(* Three polynomial inequalities over the integers, for the end of a run in T4 (theory.md, appendix,
   case (ii)).  Each says: of two ways to cut the last part of the chain, A (with the last witness)
   and B (without it), one has a non-negative surplus.  A weighted sum of both surpluses is
   non-negative, shown by interpolation between N = 0 and S = 0.

   w: the head's output; eta: how far X exceeds y + w; g: the last gap of A; y: where B's last gap
   begins; D: what a witness step holds at least; del = P - phi; ep: slack; S and N: ages and number
   of what runs at the end, so that S + N X = D + del + ep. *)
From Coq Require Import ZArith Lia.
Local Open Scope Z_scope.
Set Implicit Arguments.

(* Affine in S and N, which share the load L: the two ends decide. *)
Lemma interpolate S N X L c0 c1 c : 0 < L -> 0 < X -> 0 <= S -> 0 <= N -> L = S + N * X ->
  0 <= c0 -> 0 <= c1 -> L * (X * c) = S * (X * c0) + N * X * c1 -> 0 <= c.
Proof.
intros L0 X0 S0 N0 e h0 h1 h.
assert (0 <= S * (X * c0)) by (apply Z.mul_nonneg_nonneg; [|apply Z.mul_nonneg_nonneg]; lia).
assert (0 <= N * X * c1) by (apply Z.mul_nonneg_nonneg; [apply Z.mul_nonneg_nonneg|]; lia).
assert (h2 : 0 <= L * (X * c)) by lia.
apply Z.mul_nonneg_cancel_l in h2; [|lia]. apply Z.mul_nonneg_cancel_l in h2; lia.
Qed.

Lemma one_of_two a b A B : 0 < a -> 0 < b -> 0 <= a * B + b * A -> 0 <= A \/ 0 <= B.
Proof.
intros a0 b0 h. destruct (Z_le_gt_dec 0 A) as [h1|h1]; [left; assumption|right].
assert (b * A <= 0) by (apply Z.mul_nonneg_nonpos; lia).
assert (h2 : 0 <= a * B) by lia. apply Z.mul_nonneg_cancel_l in h2; assumption.
Qed.

(* The end N = 0 of the interpolation, where only del matters. *)
Lemma no_request_left w eta del A0 B0 : 0 < eta -> 2 * eta < w -> 0 <= del ->
  (3 * eta - w) * del <= A0 -> 2 * w * del <= B0 ->
  0 <= (w - eta) * B0 + (w + eta) * A0.
Proof.
intros e0 ew d0 hA hB.
assert ((w - eta) * (2 * w * del) <= (w - eta) * B0) by (apply Z.mul_le_mono_nonneg_l; lia).
assert ((w + eta) * ((3 * eta - w) * del) <= (w + eta) * A0) by (apply Z.mul_le_mono_nonneg_l; lia).
assert (0 <= del * (w * w + 3 * (eta * eta))) by (apply Z.mul_nonneg_nonneg; nia).
lia.
Qed.

Lemma mul_nonneg a b : 0 <= a -> 0 <= b -> 0 <= a * b. Proof. apply Z.mul_nonneg_nonneg. Qed.

(* y = 0 and the last witness lies before w: X = w + eta. *)
Lemma case1 w eta g D del ep S N : 0 < eta -> eta <= g -> 2 * g < w -> 0 < D -> 0 <= del ->
  0 <= ep -> 0 <= S -> 0 <= N ->
  let X := w + eta in S + N * X = D + del + ep ->
  0 <= D * (g - eta) + 3 * g * (del + ep) - w * del + N * g * (X - 2 * g) \/
  0 <= w * D + 3 * X * (del + ep) - w * del - N * X * X.
Proof.
intros e0 eg gw D0 d0 p0 S0 N0 X e.
set (A := D * (g - eta) + _ - _ + _). set (B := w * D + _ - _ - _).
assert (H : 0 <= (w - eta) * B + (w + eta) * A); [|apply (@one_of_two (w - eta) (w + eta));
  [lia|lia|exact H]].
pose (A0 := D * (g - eta) + 3 * g * (del + ep) - w * del).
pose (B0 := w * D + 3 * X * (del + ep) - w * del).
pose (L := D + del + ep).
assert (q1 := @mul_nonneg D (g - eta) ltac:(lia) ltac:(lia)).
assert (q2 := @mul_nonneg (g - eta) del ltac:(lia) ltac:(lia)).
assert (q3 := @mul_nonneg g ep ltac:(lia) ltac:(lia)).
assert (q4 := @mul_nonneg w D ltac:(lia) ltac:(lia)).
assert (q5 := @mul_nonneg X ep ltac:(unfold X; lia) ltac:(lia)).
assert (q6 := @mul_nonneg eta del ltac:(lia) ltac:(lia)).
assert (hA0 : (3 * eta - w) * del <= A0) by (unfold A0; lia).
assert (hB0' : 2 * w * del <= B0) by (unfold B0, X in *; lia).
assert (c0 := @no_request_left w eta del A0 B0 e0 ltac:(lia) d0 hA0 hB0').
assert (c1 : 0 <= (w - eta) * (X * B0 - L * X * X) + (w + eta) * (X * A0 + L * g * (X - 2 * g))).
{ assert (E : (w - eta) * (X * B0 - L * X * X) + (w + eta) * (X * A0 + L * g * (X - 2 * g)) =
    X * (D * (2 * ((g - eta) * (w - g))) + del * (2 * (w-eta) * X + 3 * g * X +
      g * (X - 2 * g) - 2 * w * w) + ep * (2 * (w-eta)*X + 3 * g * X + g * (X - 2 * g)))).
  { unfold A0, B0, L, X; ring. }
  rewrite E. clear - e0 eg gw D0 d0 p0. apply Z.mul_nonneg_nonneg; [unfold X; lia|].
  assert (0 <= (g - eta) * (w - g)) by (apply Z.mul_nonneg_nonneg; lia).
  assert (0 <= g * (X - 2 * g)) by (apply Z.mul_nonneg_nonneg; unfold X; lia).
  assert (v1 := @mul_nonneg w g ltac:(lia) ltac:(lia)).
  assert (v2 := @mul_nonneg (g - eta) eta ltac:(lia) ltac:(lia)).
  assert (v3 := @mul_nonneg eta eta ltac:(lia) ltac:(lia)).
  assert (0 <= 2 * (w-eta) * X + 3 * g * X - 2 * w * w) by (unfold X; lia).
  assert (0 <= D * (2 * ((g - eta) * (w - g)))) by (apply Z.mul_nonneg_nonneg; lia).
  assert (0 <= del * (2 * (w-eta) * X + 3 * g * X +
    g * (X - 2 * g) - 2 * w * w)) by (apply Z.mul_nonneg_nonneg; lia).
  assert (v4 := @mul_nonneg (w - eta) X ltac:(lia) ltac:(unfold X; lia)).
  assert (v5 := @mul_nonneg g X ltac:(lia) ltac:(unfold X; lia)).
  assert (0 <= ep * (2 * (w-eta) * X + 3 * g * X +
    g * (X - 2 * g))) by (apply Z.mul_nonneg_nonneg; lia).
  apply Z.add_nonneg_nonneg; [apply Z.add_nonneg_nonneg|]; assumption. }
apply (@interpolate S N X L ((w - eta) * B0 + (w + eta) * A0) ((w - eta) * (X * B0 - L * X * X) +
  (w + eta) * (X * A0 + L * g * (X - 2 * g)))); try assumption; try (unfold X, L;
  clear - e0 eg gw D0 d0 p0 e; lia).
all: replace S with (L - N * X) by (unfold L; clear - e; lia).
all: unfold A, B, A0, B0; ring.
Qed.

(* y >= w. *)
Lemma case2 w eta g y D del ep S N : 0 < eta -> eta <= g -> 2 * g < w -> w <= y -> 0 < D ->
  0 <= del -> 0 <= ep -> 0 <= S -> 0 <= N ->
  let G := w + eta in let X := y + G in
  0 <= 3 * g * (del + ep) - w * del + N * g * (X - 2 * g) \/
  0 <= 3 * G * (del + ep) - w * del - N * G * (X - 2 * y).
Proof.
intros e0 eg gw wy D0 d0 p0 S0 N0 G X.
set (A := 3 * g * (del + ep) - _ + _). set (B := 3 * G * (del + ep) - _ - _).
assert (H : 0 <= 3 * A + 2 * B); [|lia].
assert (h : 2 * (G * (X - 2 * y)) <= 3 * (g * (X - 2 * g))).
{ assert (G * (X - 2 * y) <= G * eta) by (apply Z.mul_le_mono_nonneg_l; unfold X, G; lia).
  assert (g * w <= g * (X - 2 * g)) by (apply Z.mul_le_mono_nonneg_l; unfold X, G; lia).
  assert (v2 := @mul_nonneg (g - eta) w ltac:(lia) ltac:(lia)).
  assert (v3 := @mul_nonneg eta (w - 2 * eta) ltac:(lia) ltac:(lia)). unfold G in *; lia. }
assert (N * (2 * (G * (X - 2 * y))) <= N * (3 * (g * (X - 2 * g)))) by (apply
  Z.mul_le_mono_nonneg_l; lia).
assert (0 <= del * (9 * g + 6 * G - 5 * w)) by (apply Z.mul_nonneg_nonneg; unfold G; lia).
assert (0 <= ep * (9 * g + 6 * G)) by (apply Z.mul_nonneg_nonneg; unfold G; lia).
unfold A, B; lia.
Qed.

(* 0 <= y < w < X - g. *)
Lemma case3 w eta g y D del ep S N : 0 < eta -> eta <= g -> 2 * g < w -> 0 <= y -> y < w ->
  0 < D -> 0 <= del -> 0 <= ep -> 0 <= S -> 0 <= N ->
  let G := w + eta in let X := y + G in w < X - g -> S + N * X = D + del + ep ->
  0 <= 3 * g * (del + ep) - w * del + N * g * (X - 2 * g) \/
  0 <= D * (w - y) + 3 * G * (del + ep) - w * del - N * G * (X - 2 * y).
Proof.
intros e0 eg gw y0 yw D0 d0 p0 S0 N0 G X wz e.
set (A := 3 * g * (del + ep) - _ + _). set (B := D * (w - y) + _ - _ - _).
assert (H : 0 <= (w - eta) * B + (w + eta) * A); [|apply (@one_of_two (w - eta) (w + eta));
  [lia|lia|exact H]].
pose (A0 := 3 * g * (del + ep) - w * del).
pose (B0 := D * (w - y) + 3 * G * (del + ep) - w * del).
pose (L := D + del + ep).
assert (q2 := @mul_nonneg (g - eta) del ltac:(lia) ltac:(lia)).
assert (q3 := @mul_nonneg g ep ltac:(lia) ltac:(lia)).
assert (q4 := @mul_nonneg D (w - y) ltac:(lia) ltac:(lia)).
assert (q5 := @mul_nonneg G ep ltac:(unfold G; lia) ltac:(lia)).
assert (q6 := @mul_nonneg eta del ltac:(lia) ltac:(lia)).
assert (hA0 : (3 * eta - w) * del <= A0) by (unfold A0; lia).
assert (hB0' : 2 * w * del <= B0) by (unfold B0, G in *; lia).
assert (c0 := @no_request_left w eta del A0 B0 e0 ltac:(lia) d0 hA0 hB0').
assert (c1 : 0 <= (w - eta) * (X * B0 - L * G * (X - 2 * y)) + (w + eta) * (X * A0 +
  L * g * (X - 2 * g))).
{ set (q := (w - eta) * (G * (2 * X + 2 * y)) + (w + eta) * (g * (4 * X - 2 * g))).
  assert (E : (w - eta) * (X * B0 - L * G * (X - 2 * y)) + (w + eta) * (X * A0 +
    L * g * (X - 2 * g)) =
    D * ((w - eta) * (y * (w - y) - eta * G) + (w + eta) * (g * (X - 2 * g))) +
      del * (q - 2 * w * w * X) + ep * q).
  { unfold q, A0, B0, L, X, G; ring. }
  rewrite E. clear - e0 eg gw y0 yw D0 d0 p0 wz.
  assert (h1 : 0 <= (w - eta) * (y * (w - y) - eta * G) + (w + eta) * (g * (X - 2 * g))).
  { assert (0 <= (w - eta) * (y * (w - y))) by (apply Z.mul_nonneg_nonneg;
    [|apply Z.mul_nonneg_nonneg]; lia).
    assert (g * (w - g) <= g * (X - 2 * g)) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert (v2 := @mul_nonneg (g - eta) (w - g - eta) ltac:(lia) ltac:(lia)).
    assert (eta * (w - eta) <= g * (w - g)) by lia.
    assert ((w + eta) * (eta * (w - eta)) <= (w +
      eta) * (g * (X - 2 * g))) by (apply Z.mul_le_mono_nonneg_l; lia).
    unfold G; lia. }
  assert (h2 : 0 <= q - 2 * w * w * X).
  { assert (X0 : 2 * g <= X) by lia.
    assert (g * (3 * X) <= g * (4 * X - 2 * g)) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert ((w + eta) * (g * (3 * X)) <= (w +
      eta) * (g * (4 * X - 2 * g))) by (apply Z.mul_le_mono_nonneg_l; lia).
    assert (h4 : 0 <= (w * w - eta * eta) * y) by (apply Z.mul_nonneg_nonneg;
      [assert (v3 := @mul_nonneg (w - eta) (w + eta) ltac:(lia) ltac:(lia)); lia|lia]).
    assert (v4 := @mul_nonneg (g - eta) (w + eta) ltac:(lia) ltac:(lia)).
    assert (v5 := @mul_nonneg eta (w - 2 * eta) ltac:(lia) ltac:(lia)).
    assert (v6 := @mul_nonneg eta eta ltac:(lia) ltac:(lia)).
    assert (h5 : 2 * (eta * eta) <= 3 * ((w + eta) * g)) by lia.
    assert (h6 : 2 * (eta * eta) * X <= 3 * ((w + eta) * g) * X) by (apply Z.mul_le_mono_nonneg_r;
      lia).
    assert (E2 : (w - eta) * (G * (2 * X + 2 * y)) =
      2 * w * w * X - 2 * (eta * eta) * X + 2 * ((w * w - eta * eta) * y)) by (unfold G; ring).
    unfold q; rewrite E2; lia. }
  assert (0 <= w * w * X) by (apply Z.mul_nonneg_nonneg; [apply Z.mul_nonneg_nonneg|];
    unfold X, G; lia).
  assert (0 <= D * ((w - eta) * (y * (w - y) - eta * G) + (w +
    eta) * (g * (X - 2 * g)))) by (apply Z.mul_nonneg_nonneg; lia).
  assert (0 <= del * (q - 2 * w * w * X)) by (apply Z.mul_nonneg_nonneg; lia).
  assert (0 <= ep * q) by (apply Z.mul_nonneg_nonneg; lia).
  apply Z.add_nonneg_nonneg; [apply Z.add_nonneg_nonneg|]; assumption. }
apply (@interpolate S N X L ((w - eta) * B0 + (w +
  eta) * A0) ((w - eta) * (X * B0 - L * G * (X - 2 * y)) + (w + eta) * (X * A0 +
  L * g * (X - 2 * g)))); try assumption; try (unfold X, G, L in *;
  clear - e0 eg gw y0 yw D0 d0 p0 e; lia).
all: replace S with (L - N * X) by (unfold L; clear - e; lia).
all: unfold A, B, A0, B0; ring.
Qed.
