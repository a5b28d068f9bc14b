(* The schedule of final runs has the witnesses that analysis/ramp.v asks for (theory.md, C): at a
   step before its final start a request waits for room, or it runs and will be evicted for want
   of room.  What is ranked before it is in its final run by then. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import head_of_line restart.
From kvcr.analysis Require Import restart_invariants.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Final.
Variables (M P : nat) (order : seq request).
Hypothesis requests_valid : valid P order.
Notation n := (size order).
Notation s i := (prompt (req order i)).
Notation o i := (output (req order i)).
Notation running t := (state M order t).1.
Notation waiting t := (state M order t).2.
Notation left t := (left M order t).
Notation kept t := (kept M order t).
Notation unfinished t := (unfinished M order t).
Notation new t := (new M order t).
Notation next_tokens := (next_tokens order).
Notation tokens_after := (tokens_after order).
Notation final_starts := (final_starts M order).

Variable p : schedule.
Hypothesis finishes : final_starts p.

(* Whoever has begun its final run is found in it, until it is done. *)
Lemma final_run u i : i < n -> p i <= u -> i \in left u ->
  [/\ (p i, i) \in running u, u < p i + o i & i \notin waiting u].
Proof.
move=> hi pu iu; have [T [hT eT]] := finishes hi.
have uT : u <= T.
  rewrite leqNgt; apply/negP => Tu; have := finished_gone hT _ Tu; rewrite iu /= eT leqnn.
  by move=> /(_ isT).
have run : (p i, i) \in running u by apply: running_since hT _; rewrite pu uT.
split=> //; first by rewrite -eT ltnS.
have := left_uniq M order u; rewrite /restart.left cat_uniq => /and3P[_ /hasPn h _].
have hr : i \in unzip2 (running u) by apply: (map_f snd run).
by apply/negP => /h /negP [].
Qed.

(* Those before h that run, all in their final runs, hold in the next step what the final
   schedule says. *)
Lemma final_tokens u h (r : seq (nat * nat)) : h <= n -> uniq (unzip2 r) ->
  (forall x, x \in r -> [/\ x.2 < h, x = (p x.2, x.2) & x.1 <= u < x.1 + o x.2]) ->
  tokens_after u r <= load order p h u.+1.
Proof.
move=> hn un fin; rewrite /tokens_after sumnE big_map.
have -> : \sum_(x <- r) next_tokens u x = \sum_(i <- unzip2 r) occ order p i u.+1.
  rewrite big_map; apply: eq_big_seq => x /fin[_ e]; rewrite e /= => /andP[x1 x2].
  by rewrite /occ /held /next_tokens /= ltnS x1 x2.
rewrite /load -(big_mkord xpredT (fun i => occ order p i u.+1)) /index_iota subn0.
have pe : perm_eq [seq i <- iota 0 h | i \in unzip2 r] (unzip2 r).
  apply: uniq_perm => //; first by rewrite filter_uniq // iota_uniq.
  move=> i; rewrite mem_filter mem_iota add0n /=.
  case: (boolP (i \in unzip2 r)) => // /mapP[x xr ->]; by have [-> _ _] := fin x xr.
rewrite [X in _ <= X](bigID (fun i => i \in unzip2 r)) /=.
by rewrite -[X in _ <= X + _]big_filter (perm_big _ pe) leq_addr.
Qed.

(* At a step before its final start something before j and j itself lack room. *)
Theorem final_witnessed : witnessed M order p.
Proof.
move=> j t jn tj.
have ex : exists h, (h <= j) && (t < p h) by exists j; rewrite leqnn.
case: (ex_minnP ex) => h /andP[hj th] hmin.
have hn : h < n by apply: leq_ltn_trans jn.
have started i : i < h -> p i <= t.
  move=> ih; rewrite leqNgt; apply/negP => c.
  have := hmin i; rewrite c (leq_trans (ltnW ih) hj) => /(_ isT).
  by rewrite leqNgt ih.
have [T [hT eT]] := finishes hn.
have pT : p h <= T by have /andP[] := running_when requests_valid hT.
have h_left : h \in left t.
  by apply: (left_shrinks (ltnW (leq_trans th pT))); apply: running_left hT.
(* What runs before h from t on is in its final run. *)
have before u x : t <= u -> x \in running u -> x.2 < h ->
    [/\ x.2 < h, x = (p x.2, x.2) & x.1 <= u < x.1 + o x.2].
  move=> tu xu xh; have pu : p x.2 <= u by apply: leq_trans (started _ xh) tu.
  have [fr _ _] := final_run (ltn_trans xh hn) pu (running_left xu).
  by split=> //; [apply: running_unique xu fr erefl|exact: (running_when requests_valid xu)].
have run_uniq u : uniq (unzip2 (running u)).
  by have := left_uniq M order u; rewrite /restart.left cat_uniq => /andP[].
have := h_left; rewrite /restart.left mem_cat => /orP[/mapP[x xt xh]|waits].
  (* It runs, and will be evicted: look at the last step u before that. *)
  have run : exists u, (t <= u) && (x \in running u) by exists t; rewrite leqnn.
  have over u : (t <= u) && (x \in running u) -> u <= x.1 + o x.2.
    by move=> /andP[_ /(running_when requests_valid) /andP[_ /ltnW]].
  case: (ex_maxnP run over) => u /andP[tu xu] umax.
  have /andP[x1 x2] := running_when requests_valid xu.
  have goes : x \notin running u.+1.
    by apply/negP => c; have := umax u.+1; rewrite c (leqW tu) ltnn => /(_ isT).
  have more : u.+1 < x.1 + o x.2.
    rewrite ltn_neqAle x2 andbT; apply/negP => /eqP done_.
    have xp : x.1 <= t by have /andP[] := running_when requests_valid xt.
    case: (leqP T u) => Tu.
      have xT : x \in running T.
        by apply: running_since xu _; rewrite Tu (leq_trans xp) // (leq_trans (ltnW th)).
      by move: th; rewrite ltnNge -[p h]/((p h, h).1) -(running_unique xT hT) // xp.
    have late : x.1 + o x.2 <= u.+1 by rewrite done_.
    by have := finished_gone xu late Tu; rewrite -xh (running_left hT).
  have xun : x \in unfinished u.+1 by rewrite mem_filter more.
  have xk : x \notin kept u.+1.
    by apply: contra goes => c; rewrite running_step mem_cat c.
  have := unfinished_split M order u.+1; set rest := drop _ _ => split_u.
  have xr : x \in rest by move: xun; rewrite split_u mem_cat (negbTE xk).
  have [st _] := left_sorted M order u.+1.
  move: st; rewrite left_step split_u /unzip2 !map_cat -catA.
  case er : rest xr => [|y rest'] // xr st.
  have yx : y.2 <= h.
    by rewrite xh; apply: (sorted_head st); rewrite -cat_cons mem_cat (map_f snd xr).
  have yu : y \in unfinished u.+1 by rewrite split_u er mem_cat inE eqxx orbT.
  have yr : y \in running u by move: yu; rewrite mem_filter => /andP[].
  have ey : y = x.
    apply: (running_unique yr xu); rewrite -xh; apply/eqP; rewrite eqn_leq yx leqNgt.
    apply/negP => yh; have [_ ye _] := before u y tu yr yh.
    have yn := ltn_trans yh hn; have py : p y.2 <= u by apply: leq_trans (started _ yh) tu.
    have yl : y.2 \in left u.+1 by rewrite left_step mem_cat map_f.
    have [fr _ _] := final_run yn (leqW py) yl.
    have [_ yk] := running_before fr py; rewrite -ye in yk.
    have := run_uniq u.+1; have := left_uniq M order u.+1; rewrite left_step split_u er /unzip2.
    rewrite !map_cat cat_uniq => /andP[]; rewrite cat_uniq => /and3P[_ /hasPn /(_ y.2)].
    by rewrite /= inE eqxx => /(_ isT) /negP []; apply: map_f.
  have := keep_stops (etrans split_u (congr1 _ er)); rewrite -/(kept u.+1) ey => full.
  exists h, (u.+2 - t); rewrite subnKC ?(leqW (leqW tu)) // subn_gt0 ltnS (leqW tu); split=> //.
  apply: leq_trans full _; apply: leq_add.
    apply: final_tokens; first exact: ltnW.
      by have := run_uniq u.+1; rewrite running_step /unzip2 map_cat cat_uniq => /andP[].
    move=> z zk; apply: before; first exact: leqW.
      by rewrite running_step mem_cat zk.
    by rewrite xh -ey; apply: (sorted_before st); apply: map_f.
  by move: more; rewrite /next_tokens -xh /peak leq_add2l leq_subLR.
(* It waits: it is the first that does. *)
have := queue_split M order t; case ew : (waiting t) waits => [|y rest] // waits split_q.
have [st _] := left_sorted M order t; move: (st); rewrite /restart.left ew => st'.
have yh : y = h.
  apply/eqP; rewrite eqn_leq (sorted_head st') //= leqNgt; apply/negP => yh.
  have yl : y \in left t by rewrite /restart.left ew mem_cat inE eqxx orbT.
  have [_ _] := final_run (ltn_trans yh hn) (started _ yh) yl.
  by rewrite ew inE eqxx.
have := admit_stops split_q; rewrite yh => full; exists h, 1; split=> //; rewrite addn1.
have total : tokens_after t (running t)
    = tokens_after t (kept t) + sumn [seq s i + 1 | i <- new t].
  rewrite running_step /tokens_after map_cat sumn_cat -map_comp; congr (_ + sumn _).
  by apply: eq_map => i /=; rewrite /next_tokens /= subSnn.
have hold : tokens_after t (running t) <= load order p h t.+1.
  apply: final_tokens; [exact: ltnW|exact: run_uniq|move=> z zt; apply: before => //].
  by rewrite -yh; apply: (sorted_before st'); apply: map_f.
have o1 := valid_output requests_valid hn.
have room := keep_room order M t (unfinished t); rewrite -/(kept t) in room.
move: full hold total room o1; rewrite -/(new t) /peak.
move: (tokens_after t (running t)) (tokens_after t (kept t)) (sumn _) (load _ _ _ _) => A B C E.
by clear; slia.
Qed.
End Final.
