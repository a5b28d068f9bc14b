(* Mean busy times (theory.md, L4): how the tokens of two requests interleave in time, and where
   the mean time of a request's own tokens lies.  Step t's tokens are spread over (t - 1, t]. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section MeanBusyTime.
Variables (M : nat) (rs : seq request) (p : schedule).
Notation n := (size rs).
Notation s i := (prompt (req rs i)).
Notation o i := (output (req rs i)).

(* Tokens that i has held up to step T, summed over the steps. *)
Definition held_until i T := \sum_(1 <= t < T.+1) occ rs p i t.

(* Twice the mass of j, each token weighted by the mass of i that precedes it. *)
Definition precedence T i j :=
  \sum_(1 <= t < T.+1) occ rs p j t * ((held_until i t.-1).*2 + occ rs p i t).

(* Of each pair of tokens, one precedes the other. *)
Lemma precedence_sym T i j :
  precedence T i j + precedence T j i = (held_until i T * held_until j T).*2.
Proof.
rewrite /precedence; elim: T => [|T IH]; first by rewrite !big_geq // /held_until !big_geq.
rewrite !(big_nat_recr T.+1) //= addnACA IH.
have e k : held_until k T.+1 = held_until k T + occ rs p k T.+1.
  by rewrite /held_until big_nat_recr.
rewrite !e -!muln2; ring.
Qed.

(* All requests together have held at most M (t - 1/2) up to the middle of step t. *)
Lemma capacity_until t : feasible M rs p -> 0 < t ->
  \sum_(i < n) ((held_until i t.-1).*2 + occ rs p i t) <= M * (t.*2).-1.
Proof.
case: t => // t hf _ /=; rewrite big_split /= mulnS [X in X <= _]addnC.
apply: leq_add; first exact: (hf t.+1).
have -> : \sum_(i < n) (held_until i t).*2 = (\sum_(i < n) held_until i t).*2.
  by rewrite -mul2n big_distrr /=; apply: eq_bigr => i _; rewrite mul2n.
rewrite -doubleMr leq_double.
rewrite /held_until exchange_big /=; apply: (@leq_trans (\sum_(1 <= u < t.+1) M)).
  by apply: leq_sum => u _; apply: hf.
by rewrite sum_nat_const_nat subn1 mulnC.
Qed.

(* Twice the first moment of j, the tokens of step t centred at t - 1/2. *)
Definition moment T j := \sum_(1 <= t < T.+1) occ rs p j t * (t.*2).-1.

Lemma precedence_le T j :
  feasible M rs p -> \sum_(i < n) precedence T i j <= M * moment T j.
Proof.
move=> hf; rewrite /precedence exchange_big /= /moment big_distrr /=.
rewrite [X in X <= _]big_nat [X in _ <= X]big_nat.
apply: leq_sum => t /andP[t0 _]; rewrite -big_distrr /= mulnCA leq_mul2l.
by rewrite capacity_until // orbT.
Qed.

(* The moment over the steps of j's life. *)
Lemma moment_life T j : p j + o j <= T ->
  moment T j = \sum_(1 <= k < (o j).+1) (s j + k) * ((p j + k).*2).-1.
Proof.
move=> hT; rewrite /moment.
have h1 : p j < T.+1 by rewrite ltnS (leq_trans _ hT) // leq_addr.
rewrite (@big_cat_nat _ _ _ (p j).+1) //= ?ltnS ?(ltnW h1) //.
rewrite big_nat big1 ?add0n; last first.
  by move=> t /andP[_ ht]; rewrite /occ /held ltnNge -ltnS ht.
rewrite (@big_cat_nat _ _ _ (p j + o j).+1) //= ?ltnS ?leq_addr //.
rewrite [X in _ + X]big_nat [X in _ + X]big1 ?addn0; last first.
  by move=> t /andP[ht _]; rewrite /occ /held [t <= _]leqNgt ht andbF.
rewrite -{1}(add1n (p j)) big_addn subSn ?leq_addr // addKn big_nat [RHS]big_nat.
apply: eq_bigr => k /andP[k0 k1]; rewrite /occ /held addnK.
by rewrite -[X in X < _]add0n ltn_add2r k0 addnC leq_add2l -ltnS k1.
Qed.

(* The completion exceeds the mean time of j's tokens by exactly the lag. *)
Lemma centroid T j : p j + o j <= T ->
  6 * moment T j + o j * (6 * s j * o j + (o j).+1 * (o j).*2.+1)
  = 12 * (vol rs j * (p j + o j)).
Proof.
move=> hT; rewrite moment_life //.
set N := \sum_(_ <= _ < _) _.
have hN : N + vol rs j = vol rs j * (p j).*2 + s j * (\sum_(1 <= k < (o j).+1) k) * 2
                       + (\sum_(1 <= k < (o j).+1) k * k) * 2.
  rewrite /N /vol volume_sum -big_split /= big_distrl big_distrr /= !big_distrl /= -!big_split /=.
  rewrite big_nat [RHS]big_nat; apply: eq_bigr => k /andP[k0 _].
  rewrite -{2}[s j + k]muln1 -mulnDr addn1 prednK ?double_gt0 ?addn_gt0 ?k0 ?orbT //.
  rewrite -!muln2; ring.
have hv : vol rs j = s j * o j + \sum_(1 <= k < (o j).+1) k.
  by rewrite /vol volume_sum big_split /= sum_nat_const_nat subn1 mulnC.
have h1 := sum_to (o j); have h2 := sum_squares (o j).
move: hN hv h1 h2; set S1 := \sum_(_ <= k < _) k; set S2 := \sum_(_ <= k < _) k * k.
move=> hN hv h1 h2; apply: (@addIn (6 * vol rs j)); rewrite addnAC -mulnDr hN.
have -> : 6 * (vol rs j * (p j).*2 + s j * S1 * 2 + S2 * 2)
        = 12 * vol rs j * p j + 6 * s j * (S1 * 2) + 2 * (S2 * 6).
  rewrite -!muln2; ring.
have -> : 12 * (vol rs j * (p j + o j)) + 6 * vol rs j
        = 12 * vol rs j * p j + (12 * o j + 6) * (s j * o j) + (6 * o j + 3) * (S1 * 2).
  rewrite hv; ring.
rewrite h1 h2 -!muln2; ring.
Qed.
End MeanBusyTime.
