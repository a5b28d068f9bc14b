(* An executable head-of-line scheduler, step by step, and the proof that it makes the schedule of
   policy/head_of_line.v.  At each step it scans the waiting requests and starts each that fits,
   until one does not.  It evaluates: see implementation/evaluation.v. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* What has started, as (start, request); it holds nothing any more once it has completed. *)
Definition tokens (started : seq (nat * request)) t :=
  sumn [seq held jx.2 jx.1 t | jx <- started].

Definition admits M started t (x : request) :=
  all (fun k => tokens started (t + k) + (prompt x + k) <= M) (iota 1 (output x)).

Fixpoint scan M t started (waiting : seq request) :=
  if waiting is x :: rest then
    if admits M started t x then scan M t (rcons started (t, x)) rest else (started, waiting)
  else (started, [::]).

(* From step t on, at most this many steps. *)
Fixpoint simulate M steps t started waiting :=
  if steps is more.+1 then
    let: (started', waiting') := scan M t started waiting in simulate M more t.+1 started' waiting'
  else started.

Definition total_output (rs : seq request) := sumn (map output rs).

(* The start steps of the requests, in the order given. *)
Definition starts M order := unzip1 (simulate M (total_output order).+1 0 [::] order).

Section Scheduler.
Variables (M P : nat) (order : seq request).
Hypothesis order_valid : valid P order.
Hypothesis P_le_M : P <= M.
Notation o i := (output (req order i)).

Lemma tokens_load started rest t : unzip2 started ++ rest = order ->
  tokens started t = load order (nth 0 (unzip1 started)) (size started) t.
Proof.
move=> e; rewrite /tokens sumnE big_map (big_nth (0, (0, 0))) big_mkord /load.
apply: eq_bigr => i _; rewrite /occ /req -e nth_cat size_map ltn_ord.
by rewrite (nth_map (0, (0, 0))) // (nth_map (0, (0, 0))).
Qed.

Lemma admits_fits started x rest t : unzip2 started ++ x :: rest = order ->
  admits M started t x = fits M order (nth 0 (unzip1 started)) (size started) t.
Proof.
move=> e; have ex : req order (size started) = x.
  by rewrite /req -e nth_cat size_map ltnn subnn.
by rewrite /admits /fits ex; apply: eq_all => k; rewrite (tokens_load _ e).
Qed.

(* Steps that the first k requests need at most. *)
Definition serial k := \sum_(i < k) o i.

(* Between scans at step t: what has started obeys the rule and waited no longer than serially,
   and the head has been blocked at every step before t. *)
Definition invariant t started waiting := let p := nth 0 (unzip1 started) in
  let k := size started in
  [/\ unzip2 started ++ waiting = order, head_of_line_upto k M order p,
      forall i, i < k -> p i <= t /\ p i + o i <= serial i.+1 &
      waiting != [::] -> forall q, prev p k <= q < t -> ~~ fits M order p k q].

(* After all before it are done, a request fits. *)
Lemma fits_serial p k : k < size order -> (forall i, i < k -> p i + o i <= serial i.+1) ->
  forall t, serial k <= t -> fits M order p k t.
Proof.
move=> kn done t kt; apply/allP => d; rewrite mem_iota add1n ltnS => /andP[d0 d_le].
have -> : load order p k (t + d) = 0.
  apply: big1 => i _; rewrite /occ /held; case: ifP => // /andP[_ late].
  have := done i (ltn_ord i); have : serial i.+1 <= serial k.
    rewrite /serial -!(big_mkord xpredT (fun i => o i)).
    by rewrite (@big_cat_nat _ _ _ i.+1 0 k) //= leq_addr.
  by clear -late kt d0; slia.
rewrite add0n; apply: leq_trans P_le_M; apply: leq_trans (valid_peak order_valid kn).
by rewrite leq_add2l.
Qed.

Lemma prev_le_serial p k : (forall i, i < k -> p i + o i <= serial i.+1) -> prev p k <= serial k.
Proof. by case: k => //= k h; apply: leq_trans (h k _); rewrite ?leq_addr. Qed.

Lemma scan_invariant t started waiting : invariant t started waiting ->
  let: (started', waiting') := scan M t started waiting in invariant t.+1 started' waiting'.
Proof.
elim: waiting started => [|x rest IH] started /=.
  by case=> e hp hs _; split=> // i ik; have [h1 h2] := hs i ik; split=> //; apply: leqW.
case=> e hp hs hb; set p := nth 0 (unzip1 started) in hp hs hb; set k := size started in hp hs hb.
have kn : k < size order by rewrite -e size_cat size_map /= addnS ltnS leq_addr.
rewrite (admits_fits _ e) -/p -/k; case fit : (fits M order p k t); last first.
  split=> // [i ik|_ q /andP[q1 q2]]; first by have [h1 h2] := hs i ik; split=> //; apply: leqW.
  move: q2; rewrite ltnS leq_eqVlt => /orP[/eqP->|qt]; first by rewrite fit.
  by apply: hb => //; rewrite q1.
apply: IH; rewrite /invariant size_rcons -/k.
set p' := nth 0 (unzip1 (rcons started (t, x))).
have sz : size (unzip1 started) = k by rewrite size_map.
have pold i : i < k -> p' i = p i by move=> ik; rewrite /p' /unzip1 map_rcons nth_rcons sz ik.
have pnew : p' k = t by rewrite /p' /unzip1 map_rcons nth_rcons sz ltnn eqxx.
have pprev : prev p' k = prev p k by case: (k) pold => //= k' -> .
have fold q : fits M order p' k q = fits M order p k q by apply: fits_ext.
have serial_done : forall i, i < k -> p i + o i <= serial i.+1 by move=> i /hs[].
have prev_t : prev p k <= t by case: (k) hs => //= k' hs; have [] := hs k' (leqnn _).
have t_le : t <= serial k.
  rewrite leqNgt; apply/negP => late.
  have := hb isT (serial k); rewrite late andbT prev_le_serial // => /(_ isT).
  by rewrite (fits_serial kn serial_done).
split.
- by rewrite /unzip2 map_rcons cat_rcons.
- move=> j; rewrite ltnS leq_eqVlt => /orP[/eqP->|jk].
    rewrite pprev pnew fold; split=> // q hq; rewrite fold; exact: hb.
  have pj : prev p' j = prev p j by case: j jk => //= j jk; apply: pold; apply: ltnW.
  have ext q : fits M order p' j q = fits M order p j q.
    by apply: fits_ext => i ij; apply: pold; apply: ltn_trans jk.
  rewrite pj pold // ext; have [h1 h2 h3] := hp j jk; split=> // q hq; rewrite ext; exact: h3.
- move=> i; rewrite ltnS leq_eqVlt => /orP[/eqP->|ik]; last by rewrite pold //; apply: hs.
  by rewrite pnew leqnn /serial big_ord_recr /= leq_add2r.
- by move=> _ q /=; rewrite pnew => /andP[h1 h2]; move: (leq_ltn_trans h1 h2); rewrite ltnn.
Qed.

Lemma simulate_invariant steps t started waiting : invariant t started waiting ->
  exists waiting', invariant (t + steps) (simulate M steps t started waiting) waiting'.
Proof.
elim: steps t started waiting => [|steps IH] t started waiting inv /=.
  by exists waiting; rewrite addn0.
have := scan_invariant inv; case: (scan M t started waiting) => started' waiting' inv'.
by have [w hw] := IH _ _ _ inv'; exists w; rewrite -addSnnS.
Qed.

Theorem starts_head_of_line : head_of_line M order (nth 0 (starts M order)).
Proof.
have [|w] := @simulate_invariant (total_output order).+1 0 [::] order; first by split.
rewrite add0n /starts; set final := simulate _ _ _ _ _; case=> e hp hs hb.
case: w e hb => [|x w] e hb.
  have sz : size final = size order by rewrite -e cats0 size_map.
  by move: hp; rewrite sz.
set p := nth 0 (unzip1 final) in hp hs hb; set k := size final in hp hs hb.
have kn : k < size order by rewrite -e size_cat size_map /= addnS ltnS leq_addr.
have done : forall i, i < k -> p i + o i <= serial i.+1 by move=> i /hs[].
have := hb isT (serial k); rewrite prev_le_serial // (fits_serial kn done) // => h.
have le : serial k < (total_output order).+1.
  rewrite ltnS /serial /total_output sumnE big_map (big_nth (0, 0)) big_mkord.
  rewrite -!(big_mkord xpredT (fun i => o i)).
  by rewrite (@big_cat_nat _ _ _ k 0 (size order)) //= ?leq_addr // ltnW.
by have := h le.
Qed.
End Scheduler.
