from django.urls import path

from billing.views import payments, receipts, refunds, takings, terms

app_name = "billing"
urlpatterns = [
    path("", takings.takings_show, name="takings_show"),
    path("takings.csv", takings.takings_csv, name="takings_csv"),
    path("days/<day:day>/close/", takings.day_close, name="day_close"),
    path("counts/<int:pk>/reopen/", takings.day_reopen, name="day_reopen"),
    path("terms/", terms.terms_edit, name="terms_edit"),
    path("patients/<int:pk>/", payments.patient_billing, name="patient_billing"),
    path("patients/<int:pk>/take/", payments.payment_take, name="payment_take"),
    path("plans/<int:pk>/package/", payments.package_agree, name="package_agree"),
    path("payments/<int:pk>/receipt/", payments.payment_receipt, name="payment_receipt"),
    path("payments/<int:pk>/refund/", refunds.payment_refund, name="payment_refund"),
    path("payments/<int:pk>/propose-refund/", refunds.payment_propose_refund, name="payment_propose_refund"),
    path("receipts/<int:pk>/", receipts.receipt_show, name="receipt_show"),
    path("receipts/<int:pk>/file/", receipts.receipt_file, name="receipt_file"),
    path("refunds/<int:pk>/", refunds.refund_show, name="refund_show"),
    path("refunds/<int:pk>/agree/", refunds.refund_agree, name="refund_agree"),
    path("refunds/<int:pk>/carry-out/", refunds.refund_carry_out, name="refund_carry_out"),
    path("refunds/<int:pk>/cancel/", refunds.refund_cancel, name="refund_cancel"),
]
