def test_home_greets(noor, visit):  # type: ignore[no-untyped-def]
    response = visit(noor).get("/")
    assert response.status_code == 200
    assert "Noor" in response.content.decode()
