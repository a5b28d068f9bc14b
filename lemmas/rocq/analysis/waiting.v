(* The waiting bound of T4 (theory.md, section 2): p_j U <= V_{j-1} + v_j / 2 for every
   head-of-line order, sorted or not.  At every step of the wait a run begins. *)
From mathcomp Require Import all_ssreflect all_algebra.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line.
From kvcr.analysis Require Import own_volume tiles chain.
Close Scope Z_scope. Delimit Scope nat_scope with N.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Waiting.
Variables (M P : nat) (rs : seq request) (p : schedule) (j : nat).
Hypothesis requests_valid : valid P rs.
Hypothesis P_le_M : P <= M.
Hypothesis served : head_of_line M rs p.
Hypothesis j_lt : j < size rs.
Notation s i := (prompt (req rs i)).
Notation o i := (output (req rs i)).
Notation D := (M.+1 - P).
Notation part := (part rs p j).

(* The run ends at a witness v of the last step before the head h starts; X is its length, phi
   what the head needs there. *)
Lemma run_exists u : u < p j -> exists v h, run M P rs p j u v h.
Proof.
move=> uj; have [h [hj uh hst blocked]] := blocking_head served j_lt uj.
have hPh := valid_peak requests_valid (leq_ltn_trans hj j_lt).
have witness x : u + x < p h -> exists g, [/\ 0 < g, g <= o h & D <= load rs p h (u + (x + g))].
  move=> hx; have [k [k0 ko hk]] := blocked (u + x) (introT andP (conj (leq_addr _ _) hx)).
  exists k; split=> //; rewrite addnA leq_subLR; slia.
have [k0 [k00 k0o hk0]] :
    exists k, [/\ 0 < k, k <= o h & M < load rs p h ((p h).-1 + k) + (s h + k)].
  by apply: blocked; case: (p h) uh => //= m um; rewrite ltnSn andbT.
pose v := (p h).-1 + k0; pose X := v - u; pose phi := s h + (v - p h) + 1.
have ph1 : (p h).-1.+1 = p h by apply: prednK; apply: leq_ltn_trans uh.
have pv : p h <= v by rewrite /v -ph1; slia.
have vo : v < p h + o h by rewrite /v -ph1; slia.
have uX : v = u + X by rewrite /X subnKC // (leq_trans (ltnW uh)).
have X0 : 0 < X by rewrite /X subn_gt0 (leq_trans uh).
have phE : phi = s h + k0 by rewrite /phi /v -[in X in _ - X]ph1; slia.
have phP : phi <= P by rewrite phE; slia.
have hL : M < load rs p h (u + X) + phi by rewrite -uX phE.
suff [C [c [hC hc]]] : exists C c, part u h X C c /\ U4 M P * X <= c + phi * o h.
  by exists v, h; apply: (@part_run M P rs p j u v h C c hst _ hj vo hC); rewrite ?uh.
rewrite (load_aged rs hj hst X0) in hL.
set S := aged rs p j u h X in hL; set N := number rs p j u h X in hL.
have U1 : U4 M P <= 2 * M.+1 - P by apply: geq_minl.
have U2 : U4 M P <= 3 * D by apply: geq_minr.
case: (leqP X (o h)) => Xo.
  (* A short run is one tile. *)
  have [C hC] := tile hj hst X0 (part_empty rs p j u h); rewrite add0n -/S -/N in hC.
  exists C; eexists; split; first exact: hC.
  have h1 : U4 M P * X <= (2 * (S + N * X) + phi) * X.
    by rewrite leq_mul2r; apply/orP; right; apply: leq_trans U1 _; slia.
  have h2 : phi * X <= phi * o h by rewrite leq_mul2l Xo orbT.
  by move: h1 h2; clear; move=> h1 h2; natify; lia.
pose del := P - phi.
have enough c : D * (3 * X - o h) + del * o h <= c -> U4 M P * X <= c + phi * o h.
  move=> hc; have [r rX] : exists r, X = o h + r by exists (X - o h); rewrite subnKC // ltnW.
  apply: (@leq_trans (D * (3 * X - o h) + del * o h + phi * o h)); last by rewrite leq_add2r.
  have -> : 3 * X - o h = 2 * o h + 3 * r by rewrite rX; slia.
  rewrite -addnA -mulnDl subnK // rX mulnDr.
  have a1 : U4 M P * o h <= (2 * D + P) * o h.
    by rewrite leq_mul2r; apply/orP; right; apply: leq_trans U1 _; slia.
  have a2 : U4 M P * r <= 3 * D * r by rewrite leq_mul2r U2 orbT.
  by move: a1 a2; clear; move=> a1 a2; natify; lia.
have D0 : 0 < D by rewrite subn_gt0 ltnS.
have hLD : D + del <= S + N * X by rewrite /del; slia.
have uXo : u + X < p h + o h by rewrite -uX.
have [y [b [C [[b0 bo yb g1 wy] [hD [hC hy]]]]]] :
  exists y b C, [/\ 0 < b, b <= o h, y + b < X, X - (y + b) <= o h & o h < X - y] /\
    D <= load rs p h (u + (y + b)) /\ part u h y C (D * tau (o h) y) /\ (y = 0 \/ o h < y + b).
  have [y [b [C [[b0 bo yb g1 wy] [hD hC]]]]] := chain hj hst witness uXo Xo.
  case: (leqP (y + b) (o h)) => zo; last first.
    by exists y, b, C; split=> //; split=> //; split=> //; right.
  exists 0, (y + b), (fun _ _ => false); split; first by split; rewrite ?add0n ?subn0 //; slia.
  by split=> //; split; [rewrite tau_low // !muln0; exact: part_empty|left].
have [a ea] : exists a, o h = b + a by exists (o h - b); rewrite subnKC.
have [eta eE] : exists eta, X = y + o h + eta by exists (X - (y + o h)); slia.
have eta0 : 0 < eta by slia.
have XE : X = y + b + (a + eta) by slia.
have XE2 : X = y + (b + a + eta) by slia.
(* Two ways to end the chain: through y + b, or past it. *)
have [CA hA] : exists CA, part u h X CA (D * tau (o h) (y + b)
    + (3 * (a + eta) * S + 2 * (a + eta) * (2 * (y + b) + (a + eta)) * N)).
  have [C1 h1] := witness_tile hj hst b0 bo hD hC; rewrite -mulnDr subnKC ?tau_mono // in h1.
  have g0 : 0 < a + eta by rewrite addn_gt0 eta0 orbT.
  by have [CA hA] := tile hj hst g0 h1; exists CA; move: hA; rewrite -XE.
have [CB hB] : exists CB, part u h X CB (D * tau (o h) y
    + (3 * (b + a + eta) * S + 2 * (b + a + eta) * (2 * y + (b + a + eta)) * N)).
  have g0 : 0 < b + a + eta by rewrite addn_gt0 eta0 orbT.
  by have [CB hB] := tile hj hst g0 hC; exists CB; move: hB; rewrite -XE2.
case: (leqP (o h) (2 * (a + eta))) => big.
  exists CA; eexists; split; first exact: hA.
  apply: enough; rewrite {1}XE; apply: long_last_tile => //.
  - by rewrite addn_gt0 eta0 orbT.
  - slia.
  - by rewrite -XE.
  - by rewrite -XE.
have hS : S + N * (y + b + a + eta) = D + del + (S + N * X - (D + del)).
  by rewrite subnKC // XE addnA.
have hy2 : y = 0 \/ b + a < y + b by rewrite -ea.
have big2 : 2 * (a + eta) < b + a by rewrite -ea.
rewrite -ea in hB; have := short_last_tile b0 eta0 D0 big2 hS hy2; rewrite -ea.
have -> : y + b + a + eta = X by rewrite XE addnA.
case=> hx; [exists CA|exists CB]; eexists; (split; [first [exact: hA|exact: hB]|]);
  by apply: enough; exact: hx.
Qed.

Theorem waiting_bound : p j * U4 M P <= 4 * Vol rs j + 2 * vol rs j.
Proof. by apply: runs_wait => u; apply: run_exists. Qed.
End Waiting.
