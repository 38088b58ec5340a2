SELECT messages FROM interactions WHERE id = $id
