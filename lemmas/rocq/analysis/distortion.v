(* Theorem A (theory.md, section 3): an order in which i before j implies b^2 v_i <= a^2 v_j
   (distortion lambda = (a/b)^2) has b X^pi <= a X.  The excess of X^pi over X is the sum, over
   thresholds t, of the misordered pairs that t separates. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic thresholds.
From kvcr.analysis Require Import order_volume.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Distortion.
Variables (n a b : nat) (v : nat -> nat).
Hypothesis b0 : 0 < b.
Hypothesis ba : b <= a.
Hypothesis distorted : forall i j, i < j -> j < n -> b * b * v i <= a * a * v j.

(* At threshold t: how many are larger, the misordered pairs (i before j, v_i > t >= v_j), the
   larger ones that precede some smaller one, and the smaller ones that follow some larger. *)
Let N t := \sum_(i < n) (t < v i : nat).
Let R t := \sum_(j < n) \sum_(i < n) ([&& i < j, v j <= t & t < v i] : nat).
Let early t (i : 'I_n) : bool := (t < v i) && [exists j : 'I_n, (i < j) && (v j <= t)].
Let late t (j : 'I_n) : bool := (v j <= t) && [exists i : 'I_n, (i < j) && (t < v i)].
Let u t := \sum_(i < n) (early t i : nat).
Let d t := \sum_(i < n) (late t i : nat).

Lemma misordered_le t : R t <= d t * u t.
Proof.
rewrite /R /d /u big_distrlr /=; apply: leq_sum => j _; apply: leq_sum => i _.
case: and3P => // -[ij jt it]; rewrite /early /late jt it /=.
have -> : [exists i0 : 'I_n, (i0 < j) && (t < v i0)] by apply/existsP; exists i; rewrite ij it.
by have -> : [exists j0 : 'I_n, (i < j0) && (v j0 <= t)] by apply/existsP; exists j; rewrite ij jt.
Qed.

Lemma early_le t : u t <= N t.
Proof. by apply: leq_sum => i _; rewrite /early; case: (t < v i) => //=; apply: leq_b1. Qed.

(* What is late at the threshold t/b^2 is large, and not early, at t/a^2. *)
Lemma late_le t : d (t %/ (b * b)) + N (t %/ (b * b)) + u (t %/ (a * a)) <= N (t %/ (a * a)).
Proof.
have bb : 0 < b * b by rewrite muln_gt0 b0.
have aa : 0 < a * a by rewrite muln_gt0 (leq_trans b0 ba).
rewrite /d /N /u -!big_split /=; apply: leq_sum => i _.
have hx k : t %/ (b * b) < v k -> t < b * b * v k by rewrite ltn_divLR // mulnC.
have hy k : v k <= t %/ (a * a) -> a * a * v k <= t by rewrite leq_divRL // mulnC.
have yx : t %/ (a * a) <= t %/ (b * b) by apply: leq_div2l => //; apply: leq_mul.
have bad k l : k < l -> l < n -> t %/ (b * b) < v k -> v l <= t %/ (a * a) -> False.
  move=> kl ln /hx h1 /hy h2.
  by have := leq_ltn_trans (leq_trans (distorted kl ln) h2) h1; rewrite ltnn.
rewrite /late /early; case: (ltnP (t %/ (b * b)) (v i)) => hi /=.
  rewrite (leq_ltn_trans yx hi) /=; case: existsP => // -[j /andP[ij jt]].
  by case: (bad i j ij (ltn_ord j) hi jt).
rewrite addn0; case: existsP => [[z /andP[zi zt]]|_] /=; last first.
  by case: (_ < _) => //=; case: [exists _, _].
have vi : t %/ (a * a) < v i.
  by rewrite ltn_divLR // mulnC; apply: leq_trans (hx z zt) (distorted zi (ltn_ord i)).
rewrite vi /=; case: existsP => // -[j /andP[ij jt]].
by case: (bad z j (ltn_trans zi ij) (ltn_ord j) zt jt).
Qed.

Let W t := N t - u t.

Lemma at_threshold t :
  2 * (b * (a + b)) * R (t %/ (b * b)) + a * a * (W (t %/ (b * b)) * W (t %/ (b * b)))
   + b * b * (N (t %/ (b * b)) * N (t %/ (b * b)))
   <= a * a * (N (t %/ (b * b)) * N (t %/ (b * b))) + b * b * (W (t %/ (a * a)) * W (t %/ (a * a))).
Proof.
apply: (@threshold_inequality a b _ _ (d (t %/ (b * b)))) => //; first exact: early_le.
  by rewrite mulnC; apply: misordered_le.
by rewrite /W leq_subRL ?early_le // addnC late_le.
Qed.

Let K := \sum_(i < n) v i.

Lemma v_le (i : 'I_n) : v i <= K. Proof. by rewrite /K (bigD1 i) //= leq_addr. Qed.

Lemma N_beyond t : K <= t -> N t = 0.
Proof. by move=> h; apply: big1 => i _; rewrite ltnNge (leq_trans (v_le i) h). Qed.

Lemma R_beyond t : K <= t -> R t = 0.
Proof.
move=> h; apply: big1 => j _; apply: big1 => i _.
by rewrite [t < v i]ltnNge (leq_trans (v_le i) h) /= !andbF.
Qed.

(* Summed over all thresholds, the squares telescope. *)
Lemma misordered_sum :
  2 * b * (\sum_(t < K) R t) + b * (\sum_(t < K) N t * N t) <= a * (\sum_(t < K) N t * N t).
Proof.
have a0 : 0 < a by apply: leq_trans ba.
have bb : 0 < b * b by rewrite muln_gt0 b0.
have aa : 0 < a * a by rewrite muln_gt0 a0.
pose low t := 2 * (b * (a + b)) * R t + a * a * (W t * W t) + b * b * (N t * N t).
have key : \sum_(t < b * b * (a * a * K)) low (t %/ (b * b)) <=
   \sum_(t < b * b * (a * a * K)) (a * a * (N (t %/ (b * b)) * N (t %/ (b * b)))
                                   + b * b * (W (t %/ (a * a)) * W (t %/ (a * a)))).
  by apply: leq_sum => t _; apply: at_threshold.
move: key; rewrite (sum_div _ low) // /low.
rewrite [X in _ <= X]big_split /= (sum_div _ (fun t => a * a * (N t * N t))) //.
have e2 : a * a * (b * b * K) = b * b * (a * a * K) by ring.
have := sum_div (b * b * K) (fun t => b * b * (W t * W t)) aa; rewrite e2 => ->.
have KaK : K <= a * a * K by rewrite leq_pmull.
have KbK : K <= b * b * K by rewrite leq_pmull.
rewrite (@sum_ext K (a * a * K) low) //; last first.
  by move=> t Kt; rewrite /low R_beyond // /W N_beyond // sub0n !muln0.
rewrite (@sum_ext K (a * a * K) (fun t => a * a * (N t * N t))) //; last first.
  by move=> t Kt; rewrite N_beyond // !muln0.
rewrite (@sum_ext K (b * b * K) (fun t => b * b * (W t * W t))) //; last first.
  by move=> t Kt; rewrite /W N_beyond // !muln0.
rewrite /low !big_split /= -!big_distrr /=.
set SR := \sum_(_ < _) R _; set SW := \sum_(_ < _) (W _ * _); set SN := \sum_(_ < _) (N _ * _).
move=> h.
have h2 : b * b * ((a + b) * (2 * b * SR)) + b * b * (b * b * SN) <= b * b * (a * a * SN).
  rewrite -(leq_add2r (a * a * (b * b * SW))); apply: leq_trans h; apply: eq_leq; ring.
rewrite -mulnDr leq_pmul2l // in h2.
have [e ae] : exists e, a = b + e by exists (a - b); rewrite subnKC.
have h3 : (a + b) * (2 * b * SR) <= (a + b) * (e * SN).
  rewrite -(leq_add2r (b * b * SN)); apply: leq_trans h2 _; apply: eq_leq; rewrite ae; ring.
rewrite leq_pmul2l ?addn_gt0 ?a0 // in h3.
by rewrite [in X in _ <= X]ae mulnDl addnC leq_add2l.
Qed.

(* X and the excess of X^pi as sums over thresholds. *)
Lemma twice_X_thresholds : twice_X n v = \sum_(t < K) N t * N t.
Proof.
rewrite [RHS](eq_bigr (fun t : 'I_K =>
  \sum_(i < n) \sum_(j < n) (t < v i : nat) * (t < v j : nat))); last first.
  by move=> t _; rewrite /N big_distrlr.
rewrite [RHS]exchange_big /=; apply: eq_bigr => i _.
rewrite [RHS]exchange_big /=; apply: eq_bigr => j _.
rewrite -(@sum_below (minn (v i) (v j)) K); last by apply: leq_trans (geq_minl _ _) (v_le i).
by apply: eq_bigr => t _; rewrite leq_min mulnb.
Qed.

Lemma excess_thresholds (i j : 'I_n) :
  v i - v j = \sum_(t < K) ([&& v j <= t & t < v i] : nat).
Proof.
have h : \sum_(t < K) (t < v i : nat) = \sum_(t < K) ([&& v j <= t & t < v i] : nat)
                                      + \sum_(t < K) (t < minn (v i) (v j) : nat).
  rewrite -big_split /=; apply: eq_bigr => t _; rewrite leq_min.
  by case: (ltnP t (v j)) => /= _; case: (ltnP t (v i)).
rewrite !sum_below ?v_le // in h; last by apply: leq_trans (geq_minl _ _) (v_le i).
move: h; set x := \sum_(t < K) _; case: (leqP (v i) (v j)) => c h; first slia.
by rewrite {1}h addnK.
Qed.

Lemma twice_X_order_le : twice_X_order n v <= twice_X n v + 2 * \sum_(t < K) R t.
Proof.
rewrite /twice_X (sum_pairs_nat (fun i j => minn (v i) (v j))) /twice_X_order.
have -> : \sum_(t < K) R t = \sum_(j < n) \sum_(i < j) (v i - v j).
  rewrite /R exchange_big /=; apply: eq_bigr => j _.
  rewrite exchange_big /= (big_ord_widen n (fun i => v i - v j)) ?(ltnW (ltn_ord j)) //.
  rewrite [RHS]big_mkcond /=; apply: eq_bigr => i _; case: (i < j) => /=; last by rewrite big1.
  by rewrite excess_thresholds.
rewrite big_distrr -big_split /=; apply: leq_sum => j _; rewrite minnn -addnA leq_add2l.
rewrite -mul2n !big_distrr /= -big_split /=; apply: leq_sum => i _.
rewrite [minn (v j) _]minnC addnn -mul2n -mulnDr leq_mul2l /=.
by case: (leqP (v i) (v j)) => c; slia.
Qed.

(* A *)
Theorem distortion_bound : b * twice_X_order n v <= a * twice_X n v.
Proof.
apply: leq_trans (_ : b * (twice_X n v + 2 * \sum_(t < K) R t) <= _).
  by rewrite leq_mul2l twice_X_order_le orbT.
have h := misordered_sum; rewrite twice_X_thresholds; apply: leq_trans h.
by apply: eq_leq; ring.
Qed.
End Distortion.
