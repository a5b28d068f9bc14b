(* The family behind results/backfill.v: long requests slip in past thick ones of smaller volume.

   There is room for k + 1 small requests, or for k thick ones, or for k of both; a thick one does
   not fit beside k others.  At first k small ones of 1, 2, ..., k steps run (the blockers).  They
   leave room for one small request but for no thick one, so a small one of L steps slips in; and
   when a blocker ends, the next of these (the thin) takes its place.  Then k + 1 thin ones run,
   until step L, and every thick request, of smaller volume, waits for them (k = 3):

        step  0   1   2   3 ...         L  L+1 L+2 L+3
              thin 0 ------------------|
              blk|thin 1 -----------------|thick 0 ---|thick 3
              blk ---|thin 2 ----------------|thick 1 ---|thick 4
              blk ------|thin 3 ----------------|thick 2 ---|thick 5 *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line priority ranks backfill.
From kvcr.analysis Require Import crowd.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section SlipsIn.
Variables k n L : nat.
Hypothesis k0 : 0 < k.
Hypothesis kL : 2 * k <= L.

Definition small := k.+1 * k.+1 * L.
Definition large := small + k.+1 * L + 1.
Definition M := k.+1 * (small + L).

(* k blockers, n thick ones, k + 1 thin ones. *)
Definition kind i : request :=
  if i < k then (small, i.+1) else if i < k + n then (large, k) else (small, L).
Definition N := k + n + k.+1.
Definition order := mkseq kind N.

Definition p i := if i < k then 0 else if i < k + n then L.+1 + (i - k) else i - (k + n).

Lemma size_order : size order = N. Proof. exact: size_mkseq. Qed.
Let req_order i : i < N -> req order i = kind i. Proof. exact: nth_mkseq. Qed.

(* What the proofs need to know of the sizes. *)
Let small_fits : k * (small + L) + (small + L) <= M.
Proof. by rewrite /M mulSn addnC. Qed.
Let thick_blocked : M < k * small.+1 + (large + 1).
Proof. by rewrite /M /large; move: (small) => z; clear -k0; snia. Qed.
Let small_blocked : M < k.+1 * small.+1 + (small + 1).
Proof. by rewrite /M /small; move: k0 kL; clear; snia. Qed.
Lemma thick_fits : k.-1 * (large + k) + (large + k) <= M.
Proof.
rewrite addnC -mulSn prednK // /M /large /small; move: k0 kL; clear; snia.
Qed.
Lemma small_large : small + L <= large. Proof. by rewrite /large; clear; snia. Qed.
Let large_double : large <= 2 * small.
Proof. by rewrite /large /small; move: k0 kL; clear; snia. Qed.

Inductive kind_spec i : nat -> nat -> nat -> Prop :=
| Blocker of i < k : kind_spec i 0 small i.+1
| Thick of k <= i & i < k + n : kind_spec i (L.+1 + (i - k)) large k
| Thin of k + n <= i & i < N : kind_spec i (i - (k + n)) small L.

Lemma kindP i : i < N -> kind_spec i (p i) (prompt (req order i)) (output (req order i)).
Proof.
move=> iN; rewrite req_order // /p /kind; case: (ltnP i k) => ik; first exact: Blocker.
by case: (ltnP i (k + n)) => ikn; [apply: Thick|apply: Thin].
Qed.

Lemma output_pos i : i < N -> 0 < output (req order i).
Proof. by move=> /kindP[] *; move: k0 kL; clear; slia. Qed.

Let runs i t := p i <= t < p i + output (req order i).

Let occ_runs i u : 0 < occ order p i u -> p i < u <= p i + output (req order i).
Proof. by rewrite /occ /held; case: ifP. Qed.

Let occ_le i u : occ order p i u <= prompt (req order i) + output (req order i).
Proof. by rewrite /occ /held; case: ifP => // /andP[_ h]; rewrite leq_add2l leq_subLR. Qed.

Let occ_ge i t : i < N -> runs i t -> small < occ order p i (t + 1).
Proof.
move=> iN /andP[h1 h2]; rewrite /occ /held addn1 ltnS h1 h2 /= subSn // addnS ltnS.
apply: leq_trans (leq_addr _ _); case: (kindP iN) => *; move: small_large; clear; slia.
Qed.

Let seen_before j t i : p i <= t -> (j <= i -> p i < t) -> seen p j t i.
Proof.
rewrite /seen; case: (ltnP i j) => [_ h _|_ _ ->] //.
by rewrite andbT orbC -leq_eqVlt.
Qed.

(* While k + 1 requests run, or k and it is thick, a request waits. *)
Let waits j t (some : seq nat) : j < N -> uniq some ->
  (forall i, i \in some -> [/\ i < N, runs i t & j <= i -> p i < t]) ->
  M < size some * small.+1 + (prompt (req order j) + 1) -> ~~ fits_beside M order p j t.
Proof.
move=> jN un h over; apply: (@crowded M order p j t some small.+1) => //.
  exact: output_pos.
move=> i si; have [iN r e] := h i si; rewrite size_order iN occ_ge //; split=> //.
by apply: seen_before e; case/andP: r.
Qed.

Let two_ranges a b c d : a + b <= c -> uniq (iota a b ++ iota c d).
Proof.
move=> h; rewrite cat_uniq !iota_uniq andbT; apply/hasPn => i.
rewrite mem_iota => /andP[ci _]; apply/negP => ia.
have /andP[_ ib] : a <= i < a + b by rewrite -mem_iota.
by have := leq_trans ib (leq_trans h ci); rewrite ltnn.
Qed.

Let thick_of j : j < n -> [/\ k + j < N, prompt (req order (k + j)) = large,
  output (req order (k + j)) = k & p (k + j) = L.+1 + j].
Proof.
move=> jn; have jN : k + j < N by rewrite /N; move: jn; clear; slia.
split=> //; rewrite ?req_order // /kind /p ltnNge leq_addr ltn_add2l jn //=.
by rewrite addKn.
Qed.

Let thin_of i : i <= k -> [/\ k + n + i < N, prompt (req order (k + n + i)) = small,
  output (req order (k + n + i)) = L & p (k + n + i) = i].
Proof.
move=> ik; have iN : k + n + i < N by rewrite /N ltn_add2l.
have e : (k + n + i < k) = false by rewrite -addnA ltnNge leq_addr.
by split=> //; rewrite ?req_order // /kind /p e ltnNge leq_addr //= addKn.
Qed.

(* Linear arithmetic over positions and steps, once the sizes no longer matter. *)
Ltac steps := clear req_order small_fits thick_blocked small_blocked large_double occ_runs occ_le
    occ_ge seen_before waits thick_of thin_of; unfold N in *;
  repeat match goal with H : _ \/ _ |- _ => destruct H end; try (apply/andP; split); slia.

Let thick_waits j t : j < n -> t < L.+1 + j -> ~~ fits_beside M order p (k + j) t.
Proof.
move=> jn tj; have [jN pj _ _] := thick_of jn.
have need some : uniq some -> size some = k ->
    (forall i, i \in some -> [/\ i < N, runs i t & k + j <= i -> p i < t]) ->
    ~~ fits_beside M order p (k + j) t.
  by move=> un sz h; apply: (@waits _ _ some) => //; rewrite sz pj; apply: thick_blocked.
case: (ltnP t L) => tL.
  apply: (need (iota (k - (k - t)) (k - t) ++ iota (k + n) (t - (t - k)))).
  - by apply: two_ranges; steps.
  - by rewrite size_cat !size_iota; steps.
  move=> i; rewrite mem_cat !mem_iota => /orP si; have iN : i < N by steps.
  by rewrite /runs; case: (kindP iN) si => [ik|ik ikn|ikn _] si; split=> //; steps.
pose u := t - L; have tu : t = L + u by rewrite /u; steps.
apply: (need (iota (k + (u - k)) (u - (u - k)) ++ iota (k + n + u.+1) (k - u))).
- by apply: two_ranges; steps.
- by rewrite size_cat !size_iota; steps.
move=> i; rewrite mem_cat !mem_iota => /orP si; have iN : i < N by steps.
by rewrite /runs; case: (kindP iN) si => [ik|ik ikn|ikn _] si; split=> //; steps.
Qed.

Let thin_waits i t : i <= k -> t < i -> ~~ fits_beside M order p (k + n + i) t.
Proof.
move=> ik ti; have [iN pi _ _] := thin_of ik.
apply: (@waits _ _ (iota t (k - t) ++ iota (k + n) t.+1)) => //.
- by apply: two_ranges; steps.
- move=> j; rewrite mem_cat !mem_iota => /orP sj; have jN : j < N by steps.
  by rewrite /runs; case: (kindP jN) sj => [jk|jk jkn|jkn _] sj; split=> //; steps.
by rewrite pi size_cat !size_iota; have -> : k - t + t.+1 = k.+1 by steps.
Qed.

(* Where few others run, a request starts. *)
Let starts j (some : seq nat) m most : j < N ->
  (forall i, i < N -> runs i (p j) -> p i < p j \/ i < j ->
     i \in some /\ prompt (req order i) + output (req order i) <= m) ->
  size some <= most -> most * m + (prompt (req order j) + output (req order j)) <= M ->
  fits_beside M order p j (p j).
Proof.
move=> jN h few room; apply: (@roomy M order p j (p j) some m most) => // i u.
rewrite size_order => iN si ju /[dup] pos /occ_runs /andP[h1 h2].
have pij : p i <= p j by case/orP: si => [/ltnW|/andP[/eqP-> _]].
have [||i_some im] := h i iN; last by split=> //; apply: leq_trans (occ_le i u) im.
  by rewrite /runs pij (leq_trans ju).
by case/orP: si => [|/andP[_]]; [left|right].
Qed.

Let blocker_starts j : j < k -> fits_beside M order p j (p j).
Proof.
move=> jk; have jN : j < N by steps.
apply: (@starts j (iota 0 j) (small + L) k) => //.
- move=> i iN; rewrite /runs mem_iota.
  case: (kindP iN) => [ik|ik ikn|ikn _]; case: (kindP jN) => [_|a b|a b] r s; try steps.
  by split; steps.
- by rewrite size_iota ltnW.
apply: leq_trans small_fits; rewrite leq_add2l; case: (kindP jN) => [_|a b|a b]; steps.
Qed.

Let thick_starts j : j < n -> fits_beside M order p (k + j) (p (k + j)).
Proof.
move=> jn; have [jN sj oj pj] := thick_of jn; pose u := j.+1.
apply: (@starts _ (iota (k + (u - k)) (j - (u - k)) ++ iota (k + n + u.+1) (k - u))
  (large + k) k.-1).
- by [].
- move=> i iN; rewrite /runs pj mem_cat !mem_iota /u.
  case: (kindP iN) => [ik|ik ikn|ikn _] r s.
  + by exfalso; steps.
  + by split; [apply/orP; left; steps|].
  + by split; [apply/orP; right; steps|apply: leq_trans small_large _; apply: leq_addr].
- by rewrite size_cat !size_iota /u; steps.
by rewrite sj oj; apply: thick_fits.
Qed.

Let thin_starts i : i <= k -> fits_beside M order p (k + n + i) (p (k + n + i)).
Proof.
move=> ik; have [iN si oi pi] := thin_of ik.
apply: (@starts _ (iota i (k - i) ++ iota (k + n) i) (small + L) k) => //.
- move=> j jN; rewrite /runs pi mem_cat !mem_iota.
  case: (kindP jN) => [jk|jk jkn|jkn _] r s.
  + by split; [apply/orP; left; steps|steps].
  + by exfalso; steps.
  + by split; [apply/orP; right; steps|].
- by rewrite size_cat !size_iota; steps.
by rewrite si oi; apply: small_fits.
Qed.

Lemma slips_in : backfill M order p.
Proof.
move=> j; rewrite size_order => jN.
case: (ltnP j k) => jk; first by split; [apply: blocker_starts|rewrite /p jk].
case: (ltnP j (k + n)) => jkn.
  have e : k + (j - k) = j by rewrite subnKC.
  have jn : j - k < n by steps.
  have [_ _ _ pj] := thick_of jn; have := thick_starts jn; rewrite e in pj *; split=> // t.
  by rewrite pj => /(thick_waits jn); rewrite e.
have e : k + n + (j - (k + n)) = j by rewrite subnKC.
have ik : j - (k + n) <= k by move: jN; steps.
have [_ _ _ pj] := thin_of ik; have := thin_starts ik; rewrite e in pj *; split=> // t.
by rewrite pj => /(thin_waits ik); rewrite e.
Qed.

Lemma ordered : by_rank svf order order.
Proof.
rewrite /by_rank perm_refl /=; apply/(sortedP (0, 0)) => i; rewrite size_order => iN.
rewrite /rank_order /svf -leq_double !volume_double -!/(req order _).
have by_size s o s' o' : s <= s' -> o <= o' ->
    (s * o).*2 + o * o.+1 <= (s' * o').*2 + o' * o'.+1.
  by move=> hs ho; rewrite leq_add ?leq_double ?leq_mul.
have sl : small <= large by apply: leq_trans small_large; apply: leq_addr.
case: (kindP (ltnW iN)) => [a|a b|a b]; case: (kindP iN) => [c|c d|c d];
  try by [apply: by_size; steps|exfalso; steps].
apply: leq_add; last by apply: leq_mul; steps.
rewrite leq_double; apply: (@leq_trans (2 * small * k)).
  by rewrite leq_mul2r large_double orbT.
by rewrite [2 * _]mulnC -mulnA leq_mul2l kL orbT.
Qed.

End SlipsIn.
