(* With arrivals no deterministic policy without preemption has a constant (theory.md, section 4):
   the one-shot adversary.  A long request x is there at step 0.  Whenever the policy starts it, at
   b say, N small requests arrive at b + 1; until then the policy cannot tell.  Most of them have to
   wait for x, in whatever feasible schedule starts x at b; started otherwise, none has to. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* Latency counts from the arrival; nothing starts before it. *)
Definition flow (a : nat -> nat) (rs : seq request) (p : schedule) :=
  \sum_(j < size rs) (p j + output (req rs j) - a j).
Definition respects (a : nat -> nat) (rs : seq request) (p : schedule) :=
  forall j, j < size rs -> a j <= p j.

Section OneShot.
Variable h : nat.
Hypothesis h0 : 0 < h.
Let L := 2 * h.
Let M := L * L.
Let N := 2 * (h * h).
Let x : request := (M - L, L).
Let y : request := (1, 1).
Let rs := x :: nseq N y.

Variable b : nat.
Let a j := if j is 0 then 0 else b.+1.

Let L0 : 0 < L. Proof. by rewrite muln_gt0. Qed.
Let LM : L <= M. Proof. by rewrite leq_pmulr. Qed.
Let size_rs : size rs = N.+1. Proof. by rewrite /= size_nseq. Qed.
Let req_small j : j < N -> req rs j.+1 = y. Proof. by move=> jN; rewrite /req /= nth_nseq jN. Qed.

Let sum_rs (F : nat -> nat) : \sum_(j < size rs) F j = F 0 + \sum_(j < N) F j.+1.
Proof. by rewrite size_rs big_ord_recl. Qed.

(* ---------- whoever starts x at b ---------- *)

Section Started.
Variable p : schedule.
Hypothesis p_feasible : feasible M rs p.
Hypothesis p_respects : respects a rs p.
Hypothesis p_starts : p 0 = b.

(* A request that starts at b or later and ends by b + L holds its volume in between. *)
Let area j : b <= p j -> p j + output (req rs j) <= b + L ->
  \sum_(b.+1 <= t < (b + L).+1) occ rs p j t = vol rs j.
Proof.
move=> bp pL; rewrite -(occ_sum_eq pL) (@big_cat_nat _ _ _ b.+1 1) //= ?ltnS ?leq_addr //.
rewrite [X in _ = X + _]big_nat [X in _ = X + _]big1 // => t /andP[_ tb].
by rewrite /occ /held ltnNge (leq_trans _ bp).
Qed.

Let early := \sum_(j < N) (p j.+1 < b + L : nat).

(* At most half of the small ones run beside x. *)
Let early_le : 4 * early <= L * L.
Proof.
have room : \sum_(b.+1 <= t < (b + L).+1) load rs p (size rs) t <= L * M.
  apply: (@leq_trans (\sum_(b.+1 <= t < (b + L).+1) M)); first by apply: leq_sum.
  by rewrite sum_nat_const_nat subSS addKn.
move: room; rewrite exchange_big /= (sum_rs (fun j => \sum_(b.+1 <= t < _) occ rs p j t)).
rewrite area ?p_starts // => room.
have small : 2 * early <= \sum_(j < N) \sum_(b.+1 <= t < (b + L).+1) occ rs p j.+1 t.
  rewrite /early big_distrr /=; apply: leq_sum => j _; have jN := ltn_ord j.
  case: (ltnP (p j.+1) (b + L)) => // in_time; have bp : b <= p j.+1.
    by apply: ltnW; apply: (p_respects (j := j.+1)); rewrite size_rs.
  by rewrite area ?req_small ?addn1 // /vol req_small.
have := volume_double x; rewrite -[volume x]/(vol rs 0) /x /prompt /output /= => hv.
by move: room small hv LM; rewrite /M; move: (vol rs 0) (\sum_(j < N) _) => v s; clear; snia.
Qed.

Lemma flow_ge : h * h * L <= flow a rs p.
Proof.
rewrite /flow (sum_rs (fun j => p j + output (req rs j) - a j)); apply: leq_trans (leq_addl _ _).
have late : L * (N - early) <= \sum_(j < N) (p j.+1 + output (req rs j.+1) - a j.+1).
  have both : early + \sum_(j < N) (b + L <= p j.+1 : nat) = N.
    rewrite /early -big_split /= -[RHS](card_ord N) -sum1_card.
    by apply: eq_bigr => j _; case: ltnP.
  have -> : N - early = \sum_(j < N) (b + L <= p j.+1 : nat).
    by move: both; clear; set s := \sum_(j < N) _; slia.
  rewrite big_distrr; apply: leq_sum => j _; rewrite req_small // -[output y]/1 addn1 subSS.
  case: (leqP (b + L) (p j.+1)) => late; rewrite /= ?muln0 // muln1.
  by rewrite leq_subRL // (leq_trans (leq_addr _ _) late).
apply: leq_trans late; rewrite mulnC leq_mul2l; apply/orP; right.
by move: early_le; rewrite /N /L; move: early; clear; snia.
Qed.
End Started.

(* ---------- a schedule that knows ---------- *)

Let q j := if j is 0 then (if b.+1 < L then b.+2 else 0) else b.+1.

Let q_feasible : feasible M rs q.
Proof.
move=> t; rewrite /load (sum_rs (fun j => occ rs q j t)).
rewrite (eq_bigr (fun _ => held y b.+1 t)) ?sum_nat_const ?card_ord; last first.
  by move=> j _; rewrite /occ req_small.
have x_fits : occ rs q 0 t <= M.
  rewrite /occ /held /=; case: ifP => // /andP[_ late].
  by rewrite -[X in _ <= X](subnK LM) leq_add2l leq_subLR.
case: (eqVneq t b.+2) => [->|tb]; last first.
  have -> : held y b.+1 t = 0.
    rewrite /held -[output y]/1 addn1; case: ifP => // /andP[h1 h2].
    by case/eqP: tb; apply/eqP; rewrite eqn_leq h2 h1.
  by rewrite muln0 addn0.
have -> : occ rs q 0 b.+2 = 0.
  rewrite /occ /held -[output _]/L /=; case: (ltnP b.+1 L) => bL; first by rewrite ltnn.
  have late : (b.+2 <= 0 + L) = false by apply/negbTE; rewrite -ltnNge add0n ltnS.
  by rewrite late andbF.
have -> : held y b.+1 b.+2 = 2 by rewrite /held -[output y]/1 addn1 !leqnn subSnn.
by rewrite add0n /N /M /L; clear; snia.
Qed.

Let flow_le : flow a rs q <= 7 * (h * h).
Proof.
rewrite /flow (sum_rs (fun j => q j + output (req rs j) - a j)).
rewrite (eq_bigr (fun _ => 1)) ?sum_nat_const ?card_ord ?muln1; last first.
  by move=> j _; rewrite req_small // addKn.
rewrite /a subn0 /q -[output _]/L /N; case: ltnP => bL; move: bL h0; rewrite /L; clear; snia.
Qed.

Lemma one_shot_at K : h = 4 * K + 1 -> exists q', [/\ feasible M rs q', respects a rs q' &
  forall p, feasible M rs p -> respects a rs p -> p 0 = b -> K * flow a rs q' < flow a rs p].
Proof.
move=> hK; exists q; split; [exact: q_feasible|by case|move=> p hf hr pb].
apply: leq_trans (flow_ge hf hr pb); apply: (@leq_trans (K * (7 * (h * h))).+1).
  by rewrite ltnS leq_mul2l flow_le orbT.
have hh : 0 < h * h by rewrite muln_gt0 h0.
have -> : h * h * L = h * h * (2 * (4 * K + 1)) by rewrite /L -hK.
by move: (h * h) hh; clear => z; snia.
Qed.
End OneShot.

(* For every K: a memory, a request x and N of y so that, at whatever step b the policy starts x,
   it pays more than K times what it could have paid. *)
Theorem one_shot K : exists M x y N, [/\ 0 < output x, 0 < output y, peak x <= M, peak y <= M &
  forall b, let rs := x :: nseq N y in let a := fun j => if j is 0 then 0 else b.+1 in
  exists q, [/\ feasible M rs q, respects a rs q &
    forall p, feasible M rs p -> respects a rs p -> p 0 = b -> K * flow a rs q < flow a rs p]].
Proof.
pose h := 4 * K + 1; have h0 : 0 < h by rewrite /h addn1.
pose L := 2 * h; have L0 : 0 < L by rewrite muln_gt0.
exists (L * L), (L * L - L, L), (1, 1), (2 * (h * h)); split => //.
- by rewrite /peak /= subnK // leq_pmulr.
- by rewrite /peak /= /L; move: h0; clear; snia.
by move=> b rs a; apply: (one_shot_at h0 b erefl).
Qed.
