"""The addresses of payments on a store's host."""

from django.urls import path

from payments.views import checkout, finding, orders

app_name = "payments"

urlpatterns = [
    path("buy/<slug:price_id>/", checkout.checkout, name="checkout"),
    path("orders/<slug:order_id>/", orders.receipt, name="order"),
    path("orders/<slug:order_id>/return/", orders.come_back, name="return"),
    path("orders/<slug:order_id>/address/", finding.mend, name="mend"),
    path("find/", finding.find, name="find"),
]
