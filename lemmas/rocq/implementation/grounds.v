(* What implementation/binary.v computes, in mathcomp's naturals: tokens held, what fits, and why a
   request waits. *)
From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.implementation Require Import binary.
Delimit Scope N_scope with num.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* ---------- numbers ---------- *)

Notation nat_of := N.to_nat.

Lemma leN x y : (x <=? y)%num = (nat_of x <= nat_of y).
Proof. by apply/N.leb_spec0/ssrnat.leP; lia. Qed.

Lemma ltN x y : (x <? y)%num = (nat_of x < nat_of y).
Proof. by apply/N.ltb_spec0/ssrnat.ltP; lia. Qed.

Lemma addN x y : nat_of (x + y) = nat_of x + nat_of y. Proof. exact: N2Nat.inj_add. Qed.
Lemma subN x y : nat_of (x - y) = nat_of x - nat_of y. Proof. exact: N2Nat.inj_sub. Qed.
Lemma mulN x y : nat_of (x * y) = nat_of x * nat_of y. Proof. exact: N2Nat.inj_mul. Qed.

(* ---------- entries ---------- *)

Definition as_request (x : entry) : request := (nat_of (tokens x), nat_of (steps x)).
Definition begins (x : entry) := nat_of (start x).
Definition finishes x := begins x + output (as_request x).
Definition held_by u x := held (as_request x) (begins x) u.
Definition held_all (l : seq entry) u := \sum_(x <- l) held_by u x.

Lemma completionN x : nat_of (completion x) = finishes x. Proof. exact: addN. Qed.

Lemma holdsN u x : nat_of (holds u x) = held_by (nat_of u) x.
Proof.
rewrite /holds /held_by /held ltN leN completionN.
by case: ltnP => _ //=; case: leqP => _ //=; rewrite addN subN.
Qed.

Lemma totalN u l : nat_of (total u l) = held_all l (nat_of u).
Proof.
rewrite /held_all; elim: l => [|x l IH] /=; first by rewrite big_nil.
by rewrite big_cons addN holdsN IH.
Qed.

(* ---------- between completions the load grows ---------- *)

Lemma held_grows x u u' : u <= u' -> (finishes x < u) || (u' <= finishes x) ->
  held_by u x <= held_by u' x.
Proof.
rewrite /held_by /held /finishes => uu' h; case: ifP => // /andP[h1 h2].
have -> : (begins x < u') by apply: leq_trans uu'.
move: h; rewrite ltnNge h2 /= => ->; rewrite leq_add2l leq_sub2r //.
Qed.

Lemma load_grows l u u' : u <= u' ->
  (forall x, x \in l -> (finishes x < u) || (u' <= finishes x)) -> held_all l u <= held_all l u'.
Proof.
move=> uu' h; rewrite /held_all big_seq [X in _ <= X]big_seq.
by apply: leq_sum => x xl; apply: held_grows => //; apply: h.
Qed.

(* So what holds at completions, and at the end, holds in every step. *)
Lemma at_completions l first last (f : nat -> nat) M : {homo f : u u' / u <= u'} ->
  (forall u, first < u <= last -> (u == last) || (u \in map finishes l) ->
     held_all l u + f u <= M) ->
  forall u, first < u <= last -> held_all l u + f u <= M.
Proof.
move=> mono h u /andP[h1 h2]; rewrite -(subKn h2) in h1 *; move: (last - u) (leq_subr u last) h1.
elim=> [|d IH] dl h1; first by rewrite subn0 in h1 *; apply: h; rewrite ?h1 ?leqnn ?eqxx.
have e : (last - d.+1).+1 = last - d by rewrite subnSK.
case: (boolP (last - d.+1 \in map finishes l)) => ev.
  by apply: h; rewrite ?h1 ?leq_subr ?ev ?orbT.
apply: leq_trans (IH (ltnW dl) (leq_trans h1 _)); last by rewrite -e.
apply: leq_add; last by apply: mono; rewrite -e.
apply: load_grows => [|x xl]; first by rewrite -e.
case: (ltngtP (finishes x) (last - d.+1)) => //= c; first by rewrite -e.
by case/negP: ev; rewrite -c map_f.
Qed.

Lemma nothing_after l u : (forall x, x \in l -> finishes x < u) -> held_all l u = 0.
Proof.
move=> h; rewrite /held_all big_seq big1 // => x /h xu; rewrite /held_by /held.
by case: ifP => // /andP[_ h2]; move: (leq_ltn_trans h2 xu); rewrite ltnn.
Qed.

Lemma withinP M l : within M l -> forall u, held_all l u <= nat_of M.
Proof.
move=> /allP h u; pose last := (\max_(x <- l) finishes x).+1.
have late x : x \in l -> finishes x < last.
  by move=> xl; rewrite /last (big_rem x xl) /= ltnS leq_maxl.
case: (posnP u) => [->|u0].
  by rewrite /held_all big1 // => x _; rewrite /held_by /held ltn0.
case: (leqP u last) => ul; last first.
  by rewrite nothing_after // => x /late xl; apply: ltn_trans ul.
rewrite -[X in X <= _]addn0; apply: (@at_completions l 0 last (fun=> 0)) => //; last first.
  by rewrite u0 ul.
move=> v /andP[v0 _] /orP[/eqP->|/mapP[x xl ->]]; rewrite addn0.
  by rewrite nothing_after.
by have := h x xl; rewrite leN totalN completionN.
Qed.

(* ---------- what fits ---------- *)

Notation room M l x t := (forall k, 0 < k <= output (as_request x) ->
  held_all l (t + k) + (prompt (as_request x) + k) <= nat_of M).
Notation no_room M l x t := (exists2 k, 0 < k <= output (as_request x) &
  nat_of M < held_all l (t + k) + (prompt (as_request x) + k)).

Lemma still_running l t u : t < u -> held_all [seq y <- l | (t < finishes y)%N] u = held_all l u.
Proof.
move=> tu; rewrite /held_all big_filter [RHS](bigID (fun y => t < finishes y)) /=.
rewrite [X in _ = _ + X]big1 ?addn0 // => y; rewrite -leqNgt => ty; rewrite /held_by /held.
by case: ifP => // /andP[_ h]; move: (leq_ltn_trans ty (leq_trans tu h)); rewrite ltnn.
Qed.

Lemma fitsP M l x t : fits_at M l x t -> room M l x (nat_of t).
Proof.
set running := [seq y <- l | (t <? completion y)%num].
have e : running = [seq y <- l | (nat_of t < finishes y)%N].
  by apply: eq_filter => y; rewrite ltN completionN.
move=> /allP h k /andP[k0 ko]; set t' := nat_of t.
have tk : t' < t' + k by rewrite -[X in X < _]addn0 ltn_add2l.
rewrite -(still_running l tk) -e.
pose f u := prompt (as_request x) + (u - t').
have -> : prompt (as_request x) + k = f (t' + k) by rewrite /f addKn.
apply: (@at_completions running t' (t' + output (as_request x)) f).
- by move=> u u' uu; rewrite leq_add2l leq_sub2r.
- move=> u /andP[tu ul] ev.
  have goal v : nat_of v = u -> v \in (t + steps x)%num ::
      [seq u <- map completion running | (u <=? t + steps x)%num] ->
      held_all running u + f u <= nat_of M.
    move=> vu /h; rewrite leN !addN totalN subN vu /f -addnA; exact.
  case/orP: ev => [/eqP eu|/mapP[y yr eu]].
    by apply: (goal (t + steps x)%num); rewrite ?addN ?eu ?mem_head.
  apply: (goal (completion y)); first by rewrite completionN eu.
  by rewrite inE mem_filter map_f // andbT leN completionN addN -eu ul orbT.
by rewrite tk leq_add2l.
Qed.

Lemma explainsP M l x t w : explains M l x t w ->
  forall t', nat_of t <= t' < nat_of (until w) -> no_room M l x t'.
Proof.
case: w => [u b|d b] /=.
  case/and4P; rewrite !ltN !leN !addN totalN => tu uo bu over t' /andP[tt' t'b].
  have t'u : t' < nat_of u by apply: leq_trans bu.
  exists (nat_of u - t'); first by rewrite subn_gt0 t'u leq_subLR (leq_trans uo) ?leq_add2r.
  rewrite subnKC ?(ltnW t'u) //; move: over t'b t'u; rewrite /prompt /=; clear; slia.
case/and4P; rewrite !ltN leN !addN totalN => d0 dle over /allP calm t' /andP[tt' t'b].
exists (nat_of d); first by rewrite d0.
apply: leq_trans over _; rewrite -addnA leq_add2r addN; apply: load_grows.
  by rewrite leq_add2r.
move=> y /calm; rewrite ltN leN !addN -/(finishes y) => /orP[->//|h]; apply/orP; right.
by change (nat_of 1) with 1 in h; move: h t'b; clear; slia.
Qed.

Lemma waitsP M beside x t why : waits M beside x t why ->
  forall t', nat_of t <= t' < begins x ->
  exists2 u, nat_of u <= t' & no_room M (beside u) x t'.
Proof.
elim: why t => [|w why IH] t /=.
  by rewrite leN => h t' /andP[h1 h2]; move: (leq_trans h2 (leq_trans h h1)); rewrite ltnn.
case/andP => hw hrest t' /andP[tt' t'x]; case: (ltnP t' (nat_of (until w))) => h.
  by exists t => //; apply: (explainsP hw); rewrite tt'.
by apply: IH hrest _ _; rewrite h.
Qed.
