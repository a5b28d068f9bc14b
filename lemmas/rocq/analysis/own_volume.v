(* Own-volume accounting (theory.md, T4; its appendix tells the whole proof).  The wait of request
   j is cut into runs (u, v], each with a blocking head h; the requests that block it pay with
   claimed steps of their lives, and each head also pays with its own later volume.  Two accounts,
   plain area and area with the heads' share, are averaged.

   Here: the account of one request, the invariant over the runs, and what it is worth at the
   end.  analysis/tiles.v and analysis/chain.v say what a run can claim. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* Four times U = min((2 (M + 1) - P) / 4, 3 D / 4). *)
Definition U4 M P := minn (2 * M.+1 - P) (3 * (M.+1 - P)).

(* A sum over all steps, restricted to an interval outside of which C is false. *)
Lemma sum_restrict (f : nat -> nat) (C : nat -> bool) q w T :
  (forall t, C t -> q < t <= q + w) -> q + w < T ->
  \sum_(t < T) C t * f t = \sum_(1 <= i < w.+1) C (q + i) * f (q + i).
Proof.
move=> hC hT; rewrite -(big_mkord xpredT (fun t => C t * f t)) (@big_cat_nat _ _ _ q.+1) //=.
2: by rewrite (leq_trans _ hT) // ltnS leq_addr.
rewrite big_nat big1 ?add0n; last first.
  move=> t /andP[_ ht]; case e : (C t) => //; have := hC t e.
  by rewrite ltnNge -ltnS ht.
rewrite (@big_cat_nat _ _ _ (q + w).+1) //= ?ltnS ?leq_addr //.
rewrite [X in _ + X]big_nat [X in _ + X]big1 ?addn0; last first.
  move=> t /andP[ht _]; case e : (C t) => //; have := hC t e.
  by rewrite [t <= _]leqNgt ht andbF.
rewrite -{1}(add1n q) big_addn subSn ?leq_addr // addKn.
by apply: eq_bigr => i _; rewrite addnC.
Qed.

(* One request: c marks the claimed steps of its life, all later than its y-th.  What it held
   before is unclaimed, and later it holds at least s + y + 1. *)
Lemma own_volume s o y (c : nat -> bool) : y < o -> (forall i, c i -> y < i) ->
  2 * (\sum_(1 <= i < o.+1) c i * (s + i)) + (s + y + 1) * o <=
  2 * (\sum_(1 <= i < o.+1) (s + i)) + \sum_(1 <= i < o.+1) c i * (s + y + 1).
Proof.
move=> yo hc; rewrite !(@big_cat_nat _ _ _ y.+1 1 o.+1) //= ?ltnS ?(ltnW yo) //.
have z f : \sum_(1 <= i < y.+1) c i * f i = 0.
  rewrite big_nat big1 // => i /andP[_ hi]; case e : (c i) => //.
  by have := hc i e; rewrite ltnNge -ltnS hi.
rewrite !z !add0n.
have h1 : (s + y + 1) * y <= 2 * \sum_(1 <= i < y.+1) (s + i).
  rewrite big_split /= sum_nat_const_nat subn1 /= mulnDr.
  rewrite [2 * \sum_(_ <= _ < _) _]mulnC sum_to; snia.
have h2 : 2 * (\sum_(y.+1 <= i < o.+1) c i * (s + i)) + (s + y + 1) * (o - y) <=
  2 * (\sum_(y.+1 <= i < o.+1) (s + i)) + \sum_(y.+1 <= i < o.+1) c i * (s + y + 1).
  have -> : (s + y + 1) * (o - y) = \sum_(y.+1 <= i < o.+1) (s + y + 1).
    by rewrite sum_nat_const_nat subSS mulnC.
  rewrite !big_distrr -!big_split /= big_nat [X in _ <= X]big_nat.
  apply: leq_sum => i /andP[yi _].
  by case: (c i); rewrite ?mul1n ?mul0n; natify; lia.
have e : (s + y + 1) * o = (s + y + 1) * y + (s + y + 1) * (o - y).
  by rewrite -mulnDr subnKC ?(ltnW yo).
by move: h1 h2; rewrite e; natify; lia.
Qed.

Section Runs.
Variables (M P : nat) (rs : seq request) (p : schedule) (j : nat).
Notation s i := (prompt (req rs i)).
Notation o i := (output (req rs i)).
Notation occ := (occ rs p).

(* A step after everything up to j has completed. *)
Definition horizon := (\sum_(k < j.+1) (p k + o k)).+1.
Notation T := horizon.

Lemma before_horizon k : k <= j -> p k + o k < T.
Proof. by move=> kj; rewrite /T ltnS (bigD1 (Ordinal (kj : k < j.+1))) //= leq_addr. Qed.

(* What head k holds one step after the end e k of its run. *)
Definition phi (e : nat -> nat) k := s k + (e k - p k) + 1.

(* The runs cover (0, u]: C k t says that step t of request k is claimed, H that k was a head,
   e k where its run ended.  The claims pay 4 U for each step, and the heads' claims are charged. *)
Definition covered u := exists (C : nat -> nat -> bool) (H : nat -> bool) (e : nat -> nat),
 [/\ forall k t, C k t -> [/\ k < j, p k < t <= p k + o k, t <= u & H k -> e k < t],
     forall k, H k -> [/\ k <= j, p k <= e k < p k + o k & e k <= u] &
   U4 M P * u + \sum_(k < j) \sum_(t < T) (C k t && H k) * phi e k
   <= 4 * (\sum_(k < j) \sum_(t < T) C k t * occ k t) + \sum_(k < j.+1) H k * (phi e k * o k)].

Lemma occ_life k i : 0 < i <= o k -> occ k (p k + i) = s k + i.
Proof.
move=> /andP[i0 io]; rewrite /schedule.occ /held addKn.
by rewrite -[X in X < _]addn0 ltn_add2l i0 leq_add2l io.
Qed.

(* (B1) and (B2) of the appendix, averaged. *)
Lemma accounts u : covered u -> U4 M P * u <= 4 * Vol rs j + 2 * vol rs j.
Proof.
move=> [C [H [e [hC hH hI]]]].
have claimE k : k < j ->
    \sum_(t < T) C k t * occ k t = \sum_(1 <= i < (o k).+1) C k (p k + i) * (s k + i).
  move=> kj; rewrite (@sum_restrict (occ k) (C k) (p k) (o k)).
  - by rewrite big_nat [RHS]big_nat; apply: eq_bigr => i hi; rewrite occ_life.
  - by move=> t /hC[].
  - exact: before_horizon (ltnW kj).
have own k : k <= j -> H k -> forall c : nat -> bool, (forall i, c i -> e k - p k < i) ->
   2 * (\sum_(1 <= i < (o k).+1) c i * (s k + i)) + phi e k * o k
   <= 2 * vol rs k + \sum_(1 <= i < (o k).+1) c i * phi e k.
  move=> kj /hH[_ /andP[h1 h2] _] c hc; rewrite /vol volume_sum.
  by apply: own_volume hc; rewrite ltn_subLR.
have each k : k < j -> 4 * (\sum_(t < T) C k t * occ k t) + H k * (phi e k * o k)
   <= 4 * vol rs k + \sum_(t < T) (C k t && H k) * phi e k.
  move=> kj; rewrite claimE //.
  have b1 : \sum_(1 <= i < (o k).+1) C k (p k + i) * (s k + i) <= vol rs k.
    by rewrite /vol volume_sum; apply: leq_sum => i _; case: (C k _) => //; rewrite mul1n.
  case Hk : (H k); last by rewrite mul0n addn0 (leq_trans _ (leq_addr _ _)) // leq_mul2l b1.
  rewrite (eq_bigr (fun t : 'I_T => C k t * phi e k)); last by move=> t _; rewrite andbT.
  rewrite (@sum_restrict (fun _ => phi e k) (C k) (p k) (o k)).
  2: by move=> t /hC[].
  2: exact: before_horizon (ltnW kj).
  have b2 := own k (ltnW kj) Hk (fun i => C k (p k + i)).
  rewrite mul1n; set A := \sum_(1 <= i < _) _ * (s k + i) in b1 b2 *.
  set B := \sum_(1 <= i < _) _ * _ in b2 *.
  have b3 : 2 * A + phi e k * o k <= 2 * vol rs k + B.
    apply: b2 => i Ci; have [_ _ _ /(_ Hk)] := hC _ _ Ci.
    have [_ /andP[h1 _] _] := hH k Hk; move=> h; by rewrite ltn_subLR.
  slia.
have last : H j * (phi e j * o j) <= 2 * vol rs j.
  case Hj : (H j) => //; have h := own j (leqnn j) Hj (fun=> false) (fun i => ltac:(done)).
  by move: h; rewrite big1 // muln0 add0n mul1n addn0.
have sm : 4 * (\sum_(k < j) \sum_(t < T) C k t * occ k t) + \sum_(k < j) H k * (phi e k * o k)
   <= 4 * Vol rs j + \sum_(k < j) \sum_(t < T) (C k t && H k) * phi e k.
  rewrite /Vol !big_distrr -!big_split /=; apply: leq_sum => k _; exact: each.
move: hI; rewrite [X in _ <= _ + X]big_ord_recr /= => hI.
set A := 4 * _ in hI sm; set B := \sum_(k < j) \sum_(t < T) _ in hI sm.
set E := \sum_(k < j) _ in hI sm; clear -hI sm last; set F := H j * _ in hI last.
by move: (U4 M P * u) A B E F hI sm last => a1 a2 a3 a4 a5 h1 h2 h3; slia.
Qed.

(* A run (u, v] with head h and the claims C2: it pays for itself whatever was claimed before. *)
Definition run u v h := exists C2 : nat -> nat -> bool,
 [/\ forall k, k < h -> p k <= u, u < p h <= v, h <= j, v < p h + o h &
   (forall k t, C2 k t -> [/\ k < h, u < t <= v & t <= p k + o k]) /\
   forall (H : nat -> bool) e, (forall k, H k -> p k <= e k <= u) ->
   U4 M P * (v - u) + \sum_(k < j) \sum_(t < T) (C2 k t && H k) * phi e k
   <= 4 * (\sum_(k < j) \sum_(t < T) C2 k t * occ k t) + (s h + (v - p h) + 1) * o h].

Lemma extend u v h : covered u -> run u v h -> covered v.
Proof.
move=> [C [H [e [hC hH hI]]]] [C2 [hst /andP[uh hv] hj vo [hC2 hR]]].
have uv : u <= v by apply: leq_trans (ltnW uh) hv.
pose e' k := if k == h then v else e k.
pose H' k := (k == h) || H k.
have Hh : H h = false.
  by apply/negP => /hH[_ /andP[h1 _] h2]; have := leq_trans h1 h2; rewrite leqNgt uh.
have phE k : H k -> phi e' k = phi e k.
  by move=> Hk; rewrite /phi /e'; case: eqP => // kh; rewrite kh Hh in Hk.
have Ch t : C h t = false.
  apply/negP => /hC[_ /andP[h1 _] h2 _]; have := leq_trans h1 h2.
  by rewrite ltnNge (ltnW uh).
have C2h t : C2 h t = false by apply/negP => /hC2[]; rewrite ltnn.
exists (fun k t => C k t || C2 k t), H', e'; split.
- move=> k t /orP[Ck|C2k].
    have [h1 h2 h3 h4] := hC k t Ck; split=> //; first exact: leq_trans uv.
    by rewrite /H' /e'; case: eqP => // kh; rewrite kh Ch in Ck.
  have [h1 /andP[h2 h3] h4] := hC2 k t C2k; split=> //.
  + exact: leq_trans hj.
  + by rewrite h4 andbT (leq_ltn_trans (hst k h1)).
  + rewrite /H' /e' (ltn_eqF h1) /= => /hH[_ _ h5]; exact: leq_ltn_trans h2.
- move=> k; rewrite /H' /e'; case: eqP => [-> _|_ /= /hH[h1 h2 h3]]; first by rewrite hv vo.
  by split=> //; apply: leq_trans uv.
have dis k t : (C k t || C2 k t : nat) = C k t + C2 k t.
  case c1 : (C k t); case c2 : (C2 k t) => //.
  have [_ _ h3 _] := hC k t c1; have [_ /andP[h2 _] _] := hC2 k t c2.
  by have := leq_trans h2 h3; rewrite ltnn.
have old k : H k -> p k <= e k <= u by move=> /hH[_ /andP[-> _] ->].
have r := hR H e old.
have e1 : \sum_(k < j) \sum_(t < T) (C k t || C2 k t) * occ k t =
  \sum_(k < j) \sum_(t < T) C k t * occ k t + \sum_(k < j) \sum_(t < T) C2 k t * occ k t.
  rewrite -big_split; apply: eq_bigr => k _.
  by rewrite -big_split; apply: eq_bigr => t _; rewrite dis mulnDl.
have e2 : \sum_(k < j) \sum_(t < T) ((C k t || C2 k t) && H' k) * phi e' k =
    \sum_(k < j) \sum_(t < T) (C k t && H k) * phi e k
  + \sum_(k < j) \sum_(t < T) (C2 k t && H k) * phi e k.
  rewrite -big_split; apply: eq_bigr => k _; rewrite -big_split; apply: eq_bigr => t _ /=.
  rewrite /H'; case: eqP => [->|_] /=; first by rewrite Ch C2h.
  case Hk : (H k); last by rewrite !andbF.
  by rewrite !andbT phE // dis mulnDl.
have e3 : \sum_(k < j.+1) H' k * (phi e' k * o k)
        = \sum_(k < j.+1) H k * (phi e k * o k) + (s h + (v - p h) + 1) * o h.
  pose h' : 'I_j.+1 := Ordinal (hj : h < j.+1).
  rewrite (bigD1 h') //= [in RHS](bigD1 h') //= Hh add0n.
  have -> : H' h * (phi e' h * o h) = (s h + (v - p h) + 1) * o h.
    by rewrite /H' /phi /e' eqxx mul1n.
  rewrite [RHS]addnC; congr (_ + _); apply: eq_bigr => k kh.
  have kh' : (k == h :> nat) = false.
    by apply/negP => /eqP c; case/eqP: kh; apply: val_inj.
  rewrite /H' kh' /=; case Hk : (H k) => //; by rewrite phE.
rewrite e1 e2 e3.
have ev : U4 M P * v = U4 M P * u + U4 M P * (v - u) by rewrite -mulnDr subnKC.
rewrite ev mulnDr; move: hI r.
set A1 := \sum_(k < j) _; set A2 := \sum_(k < j) _; set A3 := \sum_(k < j) _.
set A4 := \sum_(k < j) _; set A5 := \sum_(k < j.+1) _.
move: (U4 M P * u) (U4 M P * (v - u)) (_ * o h) A1 A2 A3 A4 A5.
by move=> a b c d f g i l h1 h2; clear -h1 h2; slia.
Qed.

(* If a run begins at every step of the wait, the wait is bounded. *)
Lemma runs_wait : (forall u, u < p j -> exists v h, run u v h) ->
  p j * U4 M P <= 4 * Vol rs j + 2 * vol rs j.
Proof.
move=> hr; suff H : forall d u, p j - u <= d -> covered u -> exists2 v, p j <= v & covered v.
  have [||v pv iv] := H (p j) 0; rewrite ?subn0 //.
    exists (fun _ _ => false), (fun=> false), (fun=> 0); split=> //.
    by rewrite muln0 add0n big1 // => k _; rewrite big1.
  by apply: leq_trans (accounts iv); rewrite mulnC leq_mul2l pv orbT.
elim=> [|d IH] u hd iu; first by exists u => //; rewrite -subn_eq0 -leqn0.
case: (leqP (p j) u) => [pu|up]; first by exists u.
have [v [h r]] := hr u up; apply: (IH v); last exact: extend iu r.
case: r => C2 [_ /andP[h1 h2] _ _ _]; have := leq_trans h1 h2; slia.
Qed.
End Runs.
