(* Sums over thresholds, and the one inequality behind theorem A. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Lemma sum_div (p m : nat) (g : nat -> nat) : 0 < p ->
  \sum_(t < p * m) g (t %/ p) = p * \sum_(t < m) g t.
Proof.
move=> p0; rewrite -(big_mkord xpredT (fun t => g (t %/ p))) -(big_mkord xpredT g).
elim: m => [|m IH]; first by rewrite muln0 !big_geq // muln0.
rewrite (@big_cat_nat _ _ _ (p * m) 0) ?leq_mul2l ?leqnSn ?orbT //= IH big_nat_recr //= mulnDr.
congr (_ + _).
rewrite -{1}[p * m]add0n big_addn mulnS addnK big_nat (eq_bigr (fun _ => g m)).
  by rewrite -big_nat sum_nat_const_nat subn0.
by move=> i /andP[_ ip]; rewrite addnC mulnC divnMDl // divn_small // addn0.
Qed.

Lemma sum_ext (m k : nat) (g : nat -> nat) : (forall t, m <= t -> g t = 0) -> m <= k ->
  \sum_(t < k) g t = \sum_(t < m) g t.
Proof.
move=> hg mk; rewrite -(big_mkord xpredT g) (@big_cat_nat _ _ _ m) //= big_mkord.
by rewrite [X in _ + X]big_nat [X in _ + X]big1 ?addn0 // => t /andP[mt _]; apply: hg.
Qed.

Lemma sum_below m k : m <= k -> \sum_(t < k) (t < m : nat) = m.
Proof.
move=> h; rewrite (@sum_ext m k (fun t => (t < m : nat))) //; last first.
  by move=> t; rewrite leqNgt => /negbTE->.
rewrite (eq_bigr (fun _ => 1)); last by move=> t _; rewrite ltn_ord.
by rewrite sum_nat_const card_ord muln1.
Qed.

(* One threshold: N requests are larger, u of them precede a smaller one, d smaller ones follow a
   larger one, r <= u d pairs are misordered; w of the requests above the threshold divided by the
   distortion (a/b)^2 precede no smaller one.  Concave in w; the slack is a sum of squares. *)
Lemma threshold_inequality (a b N u d r w : nat) : b <= a -> u <= N -> r <= u * d -> d + N <= w ->
  2 * (b * (a + b)) * r + a * a * ((N - u) * (N - u)) + b * b * (N * N)
  <= a * a * (N * N) + b * b * (w * w).
Proof.
move=> ba uN rud dNw.
have [e ew] : exists e, w = d + N + e by exists (w - (d + N)); rewrite subnKC.
have [f ef] : exists f, N = u + f by exists (N - u); rewrite subnKC.
apply: (@leq_trans (2 * (b * (a + b)) * (u * d) + a * a * (f * f) + b * b * (N * N))).
  by rewrite ef addKn !leq_add2r leq_mul2l rud orbT.
rewrite {rud r}ew {dNw w}; rewrite {N uN}ef.
natify.
apply Nat2Z.inj_le; rewrite !Nat2Z.inj_add !Nat2Z.inj_mul ?Nat2Z.inj_add.
have := Nat2Z.is_nonneg u; have := Nat2Z.is_nonneg d.
have := Nat2Z.is_nonneg e; have := Nat2Z.is_nonneg f.
have := Nat2Z.is_nonneg b; have : (Z.of_nat b <= Z.of_nat a)%Z by apply Nat2Z.inj_le.
move: (Z.of_nat u) (Z.of_nat d) (Z.of_nat e) (Z.of_nat f) (Z.of_nat a) (Z.of_nat b).
move=> {}u {}d {}e {}f {}a {}b {}ba b0 f0 e0 d0 u0.
pose w := (d + (u + f) + e)%Z.
have h : (0 <= f * (b * b * (w * w - (u + f) * (u + f)))
   + u * ((b * w - (a + b) * (u + f)) * (b * w - (a + b) * (u + f)))
   + a * a * (u * f * (u + f)) + 2 * (b * (a + b)) * (u * e) * (u + f))%Z.
  have h1 : (0 <= w * w - (u + f) * (u + f))%Z by rewrite /w; nia.
  have h2 : (0 <= (b * w - (a + b) * (u + f)) * (b * w - (a + b) * (u + f)))%Z.
    by apply: Z.square_nonneg.
  have h3 : (0 <= a * a)%Z by nia.
  have h4 : (0 <= b * (a + b))%Z by nia.
  have h5 : (0 <= u * f * (u + f))%Z by nia.
  have h6 : (0 <= u * e * (u + f))%Z by nia.
  have h7 : (0 <= b * b)%Z by nia.
  have h8 : (0 <= f * (b * b * (w * w - (u + f) * (u + f))))%Z.
    by apply: Z.mul_nonneg_nonneg => //; apply: Z.mul_nonneg_nonneg.
  have h9 := Z.mul_nonneg_nonneg _ _ u0 h2.
  have h10 := Z.mul_nonneg_nonneg _ _ h3 h5.
  have h11 := Z.mul_nonneg_nonneg _ _ h4 h6.
  clear -h8 h9 h10 h11; lia.
case: (Z.eq_dec (u + f) 0) => [z|nz].
  have u00 : u = 0%Z by lia.
  have f00 : f = 0%Z by lia.
  rewrite u00 f00; nia.
have pos : (0 < u + f)%Z by lia.
apply Z.sub_nonneg; apply: (proj1 (Z.mul_nonneg_cancel_l _ _ pos)).
apply: Z.le_trans h _; apply Z.eq_le_incl; rewrite /w; ring.
Qed.
