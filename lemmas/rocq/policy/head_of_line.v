(* The head-of-line rule (theory.md, section 1): requests start in the order of the list, each
   as soon as those before it have started and it fits; nothing overtakes the head that waits.
   The list is the priority order; policy/priority.v says which list a rank makes of requests. *)
From mathcomp Require Import all_ssreflect.
From kvcr.behavior Require Import request schedule.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

(* Request j can start at step q beside what the requests before it hold: in each of its steps
   the sum stays within M (the forward-looking check). *)
Definition fits M rs p j q :=
  all (fun k => load rs p j (q + k) + (prompt (req rs j) + k) <= M) (iota 1 (output (req rs j))).

(* The start of the request before j, 0 for the first. *)
Definition prev (p : schedule) j := if j is i.+1 then p i else 0.

(* The first m requests obey the rule. *)
Definition head_of_line_upto m M rs p := forall j, j < m ->
  [/\ prev p j <= p j, fits M rs p j (p j) & forall q, prev p j <= q < p j -> ~~ fits M rs p j q].

Definition head_of_line M rs p := head_of_line_upto (size rs) M rs p.

Section HeadOfLine.
Variables (M : nat) (rs : seq request).

Lemma fits_ext p p' j q : (forall i, i < j -> p i = p' i) -> fits M rs p j q = fits M rs p' j q.
Proof. by move=> h; apply: eq_all => k; rewrite (load_ext _ _ h). Qed.

Lemma head_of_line_feasible p : head_of_line M rs p -> feasible M rs p.
Proof.
move=> hp t; suff H : forall k, k <= size rs -> load rs p k t <= M by apply: H.
elim=> [|k IH] hk; first by rewrite /load big_ord0.
rewrite /load big_ord_recr /= -/(load rs p k t) /occ /held.
case: ifP => [/andP[h1 h2]|_]; last by rewrite addn0 IH // ltnW.
have [_ /allP /(_ (t - p k)) + _] := hp k hk.
rewrite subnKC ?(ltnW h1) //; apply; rewrite mem_iota add1n ltnS subn_gt0 h1 /=.
by rewrite leq_subLR.
Qed.

(* The rule leaves no choice. *)
Lemma head_of_line_unique p p' : head_of_line M rs p -> head_of_line M rs p' ->
  forall j, j < size rs -> p j = p' j.
Proof.
move=> hp hp' j; elim/ltn_ind: j => j IH jn.
have e i : i < j -> p i = p' i by move=> ij; apply: IH => //; apply: ltn_trans jn.
have pe : prev p j = prev p' j by case: (j) e => //= k ->.
have [a1 a2 a3] := hp j jn; have [b1 b2 b3] := hp' j jn.
case: (ltngtP (p j) (p' j)) => // c.
  by have := b3 (p j); rewrite -pe a1 c -(fits_ext _ e) a2 => /(_ isT).
by have := a3 (p' j); rewrite pe b1 c (fits_ext _ e) b2 => /(_ isT).
Qed.

(* At a step t at which request j has not started, some head h blocks: everything before h has
   started, and h lacks room in one of its steps. *)
Lemma blocking_head p j t : head_of_line M rs p -> j < size rs -> t < p j ->
  exists h, [/\ h <= j, t < p h, forall i, i < h -> p i <= t & forall t', t <= t' < p h ->
    exists k, [/\ 0 < k, k <= output (req rs h) &
                  M < load rs p h (t' + k) + (prompt (req rs h) + k)]].
Proof.
move=> hp jn tj.
have ex : exists h, (h <= j) && (t < p h) by exists j; rewrite leqnn.
case: (ex_minnP ex) => h /andP[hj th] hmin; exists h.
have started i : i < h -> p i <= t.
  move=> ih; rewrite leqNgt; apply/negP => c.
  have := hmin i; rewrite c (leq_trans (ltnW ih) hj) => /(_ isT).
  by rewrite leqNgt ih.
split=> // t' /andP[tt' t'h]; have [_ _ /(_ t')] := hp h (leq_ltn_trans hj jn).
have -> : prev p h <= t' < p h.
  by rewrite t'h andbT; case: (h) started => //= i st; apply: leq_trans tt'; apply: st.
move=> /(_ isT) /allPn[k]; rewrite mem_iota add1n ltnS => /andP[k0 ko]; rewrite -ltnNge => bad.
by exists k.
Qed.

(* What the proofs with D = M + 1 - P need of a schedule, whatever policy made it: at a step t at
   which j has not started, some h at or before j has not, all before h have, and in some step
   that h could still see those before it leave less than its peak. *)
Definition witnessed p := forall j t, j < size rs -> t < p j ->
  exists h k, [/\ h <= j, forall i, i < h -> p i <= t, 0 < k &
                  M < load rs p h (t + k) + peak (req rs h)].

Lemma head_of_line_witnessed p : head_of_line M rs p -> witnessed p.
Proof.
move=> hp j t jn tj; have [h [hj th started blocked]] := blocking_head hp jn tj.
have [k [k0 ko bad]] := blocked t (introT andP (conj (leqnn t) th)); exists h, k; split=> //.
by apply: leq_trans bad _; rewrite leq_add2l leq_add2l.
Qed.
End HeadOfLine.
